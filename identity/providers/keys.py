"""A provider's signing keys: fetched, kept for a while, fetched anew when a token does not fit them."""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from foundation.errors import UpstreamDown
from identity.providers.refusals import ProviderDown

SigningKey = RSAKey | ECKey | OKPKey
KINDS: Mapping[str, type[RSAKey] | type[ECKey] | type[OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}
SMALLEST_RSA_BITS = 2048
MOST_KEYS = 50
# So long somebody whose token fits no key waits for another's question to the provider.
LONGEST_WAIT_S = 1.0


# So many keys that are not there are looked for within `min_refetch_s`, for one kind of token.
MOST_LOOKED_FOR = 5


class TokenKind(StrEnum):
    """Where a token came from: whoever sends us messages must not use up what sign-ins may ask the provider."""

    SIGN_IN = "sign-in"
    MESSAGE = "message"


class KeyCache:
    """Keys with an age. Whoever sends tokens of unknown keys makes us neither fetch too often, nor wait long.

    A key that is missing is looked for at once, however lately the keys were fetched: the provider may have changed them
    since. What was looked for in vain is not looked for again for a while.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, object]],
        *,
        max_age_s: float = 3600,
        min_refetch_s: float = 30,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch, self._clock = fetch, clock
        self._max_age_s, self._min_refetch_s = max_age_s, min_refetch_s
        self._keys: tuple[SigningKey, ...] = ()
        self._fetched_at: float | None = None
        self._failed_at: float | None = None
        self._looked_for: dict[tuple[TokenKind, str | None], float] = {}
        self._lock = threading.Lock()

    def keys(self) -> tuple[SigningKey, ...]:
        """The keys; fetched when there are none or they are old. Old ones serve while the provider is away.

        Raises:
            ProviderDown: there are none yet and none can be fetched.
        """
        if self._fetched_at is None:
            with self._lock:
                if self._fetched_at is None:
                    self._refetch()
        elif self._is_old() and self._lock.acquire(blocking=False):
            # One of us asks; the others are served the old ones meanwhile.
            try:
                with contextlib.suppress(UpstreamDown):
                    self._refetch()
            finally:
                self._lock.release()
        return self._keys

    def refreshed(self, kind: TokenKind, kid: str | None) -> tuple[SigningKey, ...] | None:
        """The keys fetched anew for a token that fits none; None where this was tried lately, or the provider is away.

        Args:
            kid: of the key that the token names; None where it names none.
        """
        known = self._fetched_at
        if not self._lock.acquire(timeout=LONGEST_WAIT_S):
            return None
        try:
            # Whoever held the lock before us may have fetched them for us too.
            if self._fetched_at != known:
                return self._keys
            if not self._may_look_for(kind, kid):
                return None
            self._refetch()
        except UpstreamDown:
            return None
        finally:
            self._lock.release()
        return self._keys

    def _may_look_for(self, kind: TokenKind, kid: str | None) -> bool:
        """Whether this key was not looked for lately, nor too many others; notes that it is now."""
        at = self._clock()
        self._looked_for = {
            key: when for key, when in self._looked_for.items() if at - when < self._min_refetch_s
        }
        of_kind = [key for key in self._looked_for if key[0] is kind]
        if (kind, kid) in self._looked_for or len(of_kind) >= MOST_LOOKED_FOR:
            return False
        self._looked_for[kind, kid] = at
        return True

    def _is_old(self) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at >= self._max_age_s

    def _refetch(self) -> None:
        """Raises ProviderDown, also where the provider gave no answer lately."""
        if self._failed_at is not None and self._clock() - self._failed_at < self._min_refetch_s:
            raise ProviderDown("keys.paused")
        self._failed_at = self._clock()
        self._keys = usable_keys(self._fetch())
        self._fetched_at, self._failed_at = self._clock(), None


def usable_keys(document: Mapping[str, object]) -> tuple[SigningKey, ...]:
    """The public signing keys of a JWK set; secrets, encryption keys and short RSA keys are passed over."""
    listed = document.get("keys")
    entries = listed[:MOST_KEYS] if isinstance(listed, list) else []
    return tuple(key for key in map(_usable, entries) if key is not None)


def matching_keys(keys: Sequence[SigningKey], *, kid: str | None, algorithm: str) -> tuple[SigningKey, ...]:
    """The keys that a token's header may mean: by key id where it names one, else every key."""
    return tuple(
        key
        for key in keys
        if (kid is None or key.kid == kid) and key.as_dict(private=False).get("alg", algorithm) == algorithm
    )


def _usable(entry: object) -> SigningKey | None:
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or str(entry.get("kty")) not in KINDS:
        return None
    try:
        key = KINDS[str(entry["kty"])].import_key(entry)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    if isinstance(key, RSAKey) and key.public_key.key_size < SMALLEST_RSA_BITS:
        return None
    return key
