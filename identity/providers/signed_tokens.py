"""Opening a signed token (RFC 7515, compact): its signature is right by a key of the provider, or it is refused."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from joserfc import jws
from joserfc.errors import JoseError

from identity.providers.keys import KeyCache, SigningKey, TokenKind, matching_keys
from identity.providers.profile import SIGNATURE_ALGORITHMS
from identity.providers.refusals import SignInRefused

LONGEST_TOKEN = 16_384
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# A token must not bring its own key (RFC 7515, 4.1.2-4.1.6), nor demands that we do not know (4.1.11, RFC 7797).
HEADERS_REFUSED = frozenset({"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"})


@dataclass(frozen=True, slots=True)
class SignedToken:
    """What a token says, after its signature was found right."""

    algorithm: str
    kind: str
    claims: dict[str, object]


def open_token(
    token: str, *, algorithms: Sequence[str], cache: KeyCache, kind: TokenKind = TokenKind.SIGN_IN
) -> SignedToken:
    """The token's claims. An unknown key or a wrong signature makes the cache look for newer keys once.

    Raises:
        SignInRefused: the token is misshapen, or not signed by the provider in an allowed way.
    """
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in algorithms or algorithm not in SIGNATURE_ALGORITHMS:
        raise SignInRefused("token.algorithm")
    if HEADERS_REFUSED & header.keys():
        raise SignInRefused("token.header")
    if not (kid is None or isinstance(kid, str)) or not isinstance(header.get("typ", ""), str):
        raise SignInRefused("token.header")
    payload = _verified(token, matching_keys(cache.keys(), kid=kid, algorithm=algorithm), algorithm)
    if payload is None and (refreshed := cache.refreshed(kind, kid)) is not None:
        payload = _verified(token, matching_keys(refreshed, kid=kid, algorithm=algorithm), algorithm)
    if payload is None:
        raise SignInRefused("token.signature")
    return SignedToken(algorithm=algorithm, kind=header.get("typ", "").lower(), claims=_object(payload))


def _verified(token: str, keys: Sequence[SigningKey], algorithm: str) -> bytes | None:
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    for key in keys:
        try:
            return jws.deserialize_compact(token, key, registry=registry).payload
        except (JoseError, ValueError, TypeError):
            continue
    return None


def _header(token: str) -> dict:
    if len(token) > LONGEST_TOKEN or not COMPACT.fullmatch(token):
        raise SignInRefused("token.shape")
    parts = token.split(".")
    decoded = [_strict_base64(part) for part in parts]
    return _object(decoded[0])


def _strict_base64(part: str) -> bytes:
    """Decode, refusing any writing but the one canonical (RFC 7515, appendix C; RFC 4648, section 3.5)."""
    try:
        value = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except ValueError as fault:
        raise SignInRefused("token.shape") from fault
    if urlsafe_b64encode(value).rstrip(b"=").decode() != part:
        raise SignInRefused("token.shape")
    return value


def _object(content: bytes) -> dict:
    try:
        value = json.loads(content, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as fault:
        raise SignInRefused("token.shape") from fault
    if not isinstance(value, dict):
        raise SignInRefused("token.shape")
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice")
    return made
