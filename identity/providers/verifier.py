"""Our own judge of id tokens (OpenID Connect Core 1.0, section 3.1.3.7); every doubt is a refusal."""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from identity.providers.keys import KeyCache
from identity.providers.profile import AccessTokenHash, ProviderProfile
from identity.providers.refusals import ProvenTooWeakly, SignInRefused
from identity.providers.signed_tokens import SignedToken, open_token

# A token is redeemed within seconds of being made; an older one was kept by somebody.
OLDEST_TOKEN = timedelta(minutes=10)
LONGEST_NAME = 255
HASHES = {"256": hashlib.sha256, "384": hashlib.sha384, "512": hashlib.sha512}
ID_TOKEN_KINDS = frozenset({"", "jwt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedClaims:
    """What this one sign-in was begun with, and what came with the token."""

    nonce: str
    access_token: str
    at: datetime


def verify_id_token(
    token: object, *, profile: ProviderProfile, cache: KeyCache, expected: ExpectedClaims
) -> dict[str, object]:
    """The token's claims.

    Raises:
        SignInRefused: with the name of the first check that failed.
    """
    if not isinstance(token, str) or not token:
        raise SignInRefused("id_token.missing")
    signed = open_token(token, algorithms=profile.response.id_token_alg, cache=cache)
    claims = signed.claims
    if signed.kind not in ID_TOKEN_KINDS:
        raise SignInRefused("id_token.typ")
    require_issuer_and_audience(claims, profile)
    subject = claims.get("sub")
    if not is_identifier(subject):
        raise SignInRefused("id_token.sub")
    skew = timedelta(seconds=profile.response.clock_skew_s)
    require_unexpired(claims, at=expected.at, skew=skew)
    if not is_identifier(claims.get("nonce")) or not secrets.compare_digest(
        str(claims["nonce"]), expected.nonce
    ):
        raise SignInRefused("id_token.nonce")
    _require_level(claims.get("acr"), profile)
    _require_recent(claims, profile, at=expected.at, skew=skew)
    _require_access_token_hash(signed, expected.access_token, profile.response.at_hash)
    return claims


def require_issuer_and_audience(claims: Mapping[str, object], profile: ProviderProfile) -> None:
    """Refuse unless the token was made by this provider, for us, and for nobody without us."""
    if claims.get("iss") != profile.issuer:
        raise SignInRefused("token.iss")
    audience, ours = claims.get("aud"), profile.client.id
    listed = audience if isinstance(audience, list) else [audience]
    if ours not in listed or not all(isinstance(each, str) for each in listed):
        raise SignInRefused("token.aud")
    if len(listed) > 1 and claims.get("azp") != ours:
        raise SignInRefused("token.azp")
    if claims.get("azp", ours) != ours:
        raise SignInRefused("token.azp")


def require_unexpired(claims: Mapping[str, object], *, at: datetime, skew: timedelta) -> None:
    """Refuse a token that has ended, has not begun, or was made too long ago."""
    if timestamp_of_claim(claims, "exp") <= at - skew:
        raise SignInRefused("token.exp")
    issued_at = timestamp_of_claim(claims, "iat")
    if issued_at > at + skew or issued_at < at - OLDEST_TOKEN - skew:
        raise SignInRefused("token.iat")
    if "nbf" in claims and timestamp_of_claim(claims, "nbf") > at + skew:
        raise SignInRefused("token.nbf")


def is_identifier(value: object) -> bool:
    """Whether this may be a subject, a session or a number: printable ASCII of limited length (Core, section 2)."""
    return (
        isinstance(value, str) and 0 < len(value) <= LONGEST_NAME and value.isascii() and value.isprintable()
    )


def timestamp_of_claim(claims: Mapping[str, object], name: str) -> datetime:
    """A NumericDate (RFC 7519, section 2) as a moment."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise SignInRefused(f"token.{name}")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError) as fault:
        raise SignInRefused(f"token.{name}") from fault


def _require_level(acr: object, profile: ProviderProfile) -> None:
    """Refuse whoever is known less surely than was asked: providers may answer with another level (section 3.1.2.1)."""
    if not isinstance(acr, str | None):
        raise SignInRefused("id_token.acr")
    if profile.level_of(acr) < profile.lowest_level:
        raise ProvenTooWeakly("id_token.acr")


def _require_recent(
    claims: Mapping[str, object], profile: ProviderProfile, *, at: datetime, skew: timedelta
) -> None:
    longest = profile.response.max_age_s
    if not longest and "auth_time" not in claims:
        return
    authenticated_at = timestamp_of_claim(claims, "auth_time")
    if authenticated_at > at + skew:
        raise SignInRefused("id_token.auth_time")
    if longest and authenticated_at < at - timedelta(seconds=longest) - skew:
        raise SignInRefused("id_token.auth_time")


def _require_access_token_hash(signed: SignedToken, access_token: str, how: AccessTokenHash) -> None:
    """Refuse a token whose at_hash does not belong to the access token (section 3.1.3.6)."""
    if how is AccessTokenHash.IGNORE:
        return
    given = signed.claims.get("at_hash")
    if given is None and how is not AccessTokenHash.REQUIRED:
        return
    if not isinstance(given, str) or not given.isascii():
        raise SignInRefused("id_token.at_hash")
    if how is AccessTokenHash.BASE64_ANY:
        given = given.rstrip("=").replace("+", "-").replace("/", "_")
    # Ed25519 is built on SHA-512; every other name ends in the size of its hash.
    digest = HASHES.get(signed.algorithm[-3:], hashlib.sha512)(access_token.encode()).digest()
    right = urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=")
    if not secrets.compare_digest(given, right.decode()):
        raise SignInRefused("id_token.at_hash")
