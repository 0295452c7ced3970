"""Identifiers that must be found but not read: keyed digests for looking up, sealed values for showing.

A sealed value says under which key it was sealed, and opens only for the purpose that it was sealed for: one that is put in
another's place does not open there. While the service's secret is being changed a further key opens too, and what is looked up
is looked up under both.
"""

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12
# Of a sealed value: how it is laid out, and then which key it needs.
LAYOUT = b"S2"
KEY_NUMBER_BYTES = 4
HEAD_BYTES = len(LAYOUT) + KEY_NUMBER_BYTES


@dataclass(frozen=True, slots=True)
class _Keys:
    """What is derived from one secret."""

    digest: bytes
    seal: bytes
    number: bytes
    voucher: bytes

    @classmethod
    def of(cls, secret_key: str) -> "_Keys":
        def derived(purpose: str) -> bytes:
            return hmac.digest(secret_key.encode(), f"dispatching-center/{purpose}".encode(), "sha256")

        return cls(
            derived("digest"), derived("seal"), derived("key number")[:KEY_NUMBER_BYTES], derived("voucher")
        )

    @property
    def head(self) -> bytes:
        return LAYOUT + self.number


# Of this process; the first seals and digests, every one opens.
_keys: dict[str, tuple[_Keys, ...]] = {}


def set_key(secret_key: str, further: str = "") -> None:
    """Derive the keys of this process from the service's secret.

    Args:
        further: another secret, of which the values still open and are still found; "" where there is none.
    """
    _keys["all"] = tuple(_Keys.of(secret) for secret in dict.fromkeys((secret_key, further)) if secret)


def keyed_digest(text: str) -> bytes:
    """The same text always gives the same 32 bytes; without the key it cannot be guessed through."""
    return keyed_digests(text)[0]


def keyed_digests(text: str) -> list[bytes]:
    """By which a text is looked up: its digest, and while the secret is being changed that under the further key."""
    return [hmac.digest(keys.digest, text.encode(), "sha256") for keys in _keys["all"]]


def voucher(text: str, purpose: str) -> bytes:
    """32 bytes that only who holds the key can make for this text and purpose; digests for looking up never give them away."""
    return _voucher(_keys["all"][0], text, purpose)


def is_vouched_for(text: str, purpose: str, given: bytes) -> bool:
    """Whether this is the text's voucher under the present key, or while the secret is being changed under the further one."""
    return any(hmac.compare_digest(given, _voucher(keys, text, purpose)) for keys in _keys["all"])


def seal(text: str, purpose: str) -> bytes:
    """Make a text unreadable without the key.

    Args:
        purpose: what it is and where it stands, such as "patient identifier"; to be said again when it is opened.
    """
    keys, nonce = _keys["all"][0], os.urandom(NONCE_BYTES)
    return keys.head + nonce + AESGCM(keys.seal).encrypt(nonce, text.encode(), keys.head + purpose.encode())


def unseal(sealed: bytes, purpose: str) -> str:
    """The text that was sealed for this purpose.

    Raises:
        InvalidTag: it was sealed under no key that is known, for another purpose, or was changed since.
    """
    sealed = bytes(sealed)
    for keys in _keys["all"]:
        if sealed.startswith(keys.head):
            try:
                return _opened(keys, sealed[HEAD_BYTES:], keys.head + purpose.encode())
            except InvalidTag:
                # One of the days before might begin so by chance.
                break
    return _unseal_former(sealed)


def current_head() -> bytes:
    """With what everything begins that is sealed under the present key."""
    return _keys["all"][0].head


def token_digest(token: str) -> bytes:
    """SHA-256 of a random token: the database keeps this, the browser keeps the token."""
    return hashlib.sha256(token.encode()).digest()


def _voucher(keys: _Keys, text: str, purpose: str) -> bytes:
    return hmac.digest(keys.voucher, f"{purpose}\0{text}".encode(), "sha256")


def _unseal_former(sealed: bytes) -> str:
    """What was sealed before values said their key: by trying. It says no purpose either."""
    for keys in _keys["all"]:
        try:
            return _opened(keys, sealed, None)
        except (InvalidTag, ValueError):
            continue
    raise InvalidTag


def _opened(keys: _Keys, sealed: bytes, bound_to: bytes | None) -> str:
    return AESGCM(keys.seal).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to).decode()
