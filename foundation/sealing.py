"""Identifiers that must be found but not read: keyed digests for looking up, sealed values for showing."""

import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12

_keys: dict[str, bytes] = {}


def set_key(secret_key: str) -> None:
    """Derive the two keys of this process from the service's secret."""
    for purpose in ("digest", "seal"):
        _keys[purpose] = hmac.digest(secret_key.encode(), f"dispatching-center/{purpose}".encode(), "sha256")


def keyed_digest(text: str) -> bytes:
    """The same text always gives the same 32 bytes; without the key it cannot be guessed through."""
    return hmac.digest(_keys["digest"], text.encode(), "sha256")


def seal(text: str) -> bytes:
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(_keys["seal"]).encrypt(nonce, text.encode(), None)


def unseal(sealed: bytes) -> str:
    return (
        AESGCM(_keys["seal"]).decrypt(bytes(sealed[:NONCE_BYTES]), bytes(sealed[NONCE_BYTES:]), None).decode()
    )


def token_digest(token: str) -> bytes:
    """SHA-256 of a random token: the database keeps this, the browser keeps the token."""
    return hashlib.sha256(token.encode()).digest()
