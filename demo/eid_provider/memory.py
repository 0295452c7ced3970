"""What the provider remembers while it runs: codes, tokens, visits and used numbers, each for a limited time."""

import threading
import time
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from demo.eid_provider.cards import IdentityCard

CODE_LIVES_S = 60
TOKEN_LIVES_S = 600
NUMBER_LIVES_S = 3600
VISIT_LIVES_S = 12 * 3600

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Visit:
    """One person who showed a card for one client; `sid` names it in tokens and in logout messages."""

    sid: str
    card: IdentityCard
    level: str
    client_id: str
    began_at: int


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code, with what Authlib asks of it."""

    code: str
    client_id: str
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str
    visit: Visit

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return self.visit.began_at

    def get_acr(self) -> str:
        return self.visit.level

    def get_amr(self) -> list[str]:
        return ["sc", "pin"]


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token for the userinfo endpoint."""

    visit: Visit
    scope: str

    def get_scope(self) -> str:
        return self.scope

    def is_expired(self) -> bool:
        return False  # Memory forgets it in time.

    def is_revoked(self) -> bool:
        return False  # Ending the visit removes it.


class ExpiringStore(Generic[Key, Value]):
    """A dictionary whose entries vanish after their time, safe for several threads."""

    def __init__(self, lives_s: int) -> None:
        self._lives_s = lives_s
        self._kept: dict[Key, tuple[float, Value]] = {}
        self._lock = threading.Lock()

    def put(self, key: Key, value: Value) -> None:
        with self._lock:
            self._forget_old()
            self._kept[key] = (time.monotonic() + self._lives_s, value)

    def get(self, key: Key) -> Value | None:
        with self._lock:
            self._forget_old()
            entry = self._kept.get(key)
            return entry[1] if entry else None

    def take(self, key: Key) -> Value | None:
        """Remove and return: of two that ask at once, one gets it."""
        with self._lock:
            self._forget_old()
            entry = self._kept.pop(key, None)
            return entry[1] if entry else None

    def _forget_old(self) -> None:
        now = time.monotonic()
        for key in [key for key, (until, _) in self._kept.items() if until < now]:
            del self._kept[key]


@dataclass(frozen=True, slots=True)
class Memory:
    codes: ExpiringStore[str, Code] = field(default_factory=lambda: ExpiringStore(CODE_LIVES_S))
    tokens: ExpiringStore[str, AccessToken] = field(default_factory=lambda: ExpiringStore(TOKEN_LIVES_S))
    nonces: ExpiringStore[str, bool] = field(default_factory=lambda: ExpiringStore(NUMBER_LIVES_S))
    assertion_numbers: ExpiringStore[str, bool] = field(default_factory=lambda: ExpiringStore(NUMBER_LIVES_S))
    visits: ExpiringStore[str, Visit] = field(default_factory=lambda: ExpiringStore(VISIT_LIVES_S))
