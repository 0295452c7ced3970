"""Messages in which a provider ends somebody's visit (OpenID Connect Back-Channel Logout 1.0, section 2.6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from identity.providers.keys import KeyCache, TokenKind
from identity.providers.profile import ProviderProfile
from identity.providers.refusals import SignInRefused
from identity.providers.signed_tokens import open_token
from identity.providers.verifier import (
    is_identifier,
    require_issuer_and_audience,
    require_unexpired,
    timestamp_of_claim,
)

# The type may be told or not (section 2.4). Without one the events tell it from an id token, which has none.
LOGOUT_TOKEN_KINDS = frozenset({"logout+jwt", "application/logout+jwt", ""})
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """Whose visit ended: the provider's session where it is named, else every one of the subject."""

    issuer: str
    subject: str
    provider_session: str
    number: str
    expires_at: datetime


def verify_logout_token(
    token: str, *, profile: ProviderProfile, cache: KeyCache, at: datetime
) -> LogoutRequest:
    """What the message says; that its number was not used before is for the caller to see to.

    Raises:
        SignInRefused: with the name of the first check that failed.
    """
    signed = open_token(token, algorithms=profile.response.id_token_alg, cache=cache, kind=TokenKind.MESSAGE)
    claims = signed.claims
    if signed.kind not in LOGOUT_TOKEN_KINDS:
        raise SignInRefused("logout_token.typ")
    require_issuer_and_audience(claims, profile)
    require_unexpired(claims, at=at, skew=timedelta(seconds=profile.response.clock_skew_s))
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise SignInRefused("logout_token.events")
    if "nonce" in claims:
        raise SignInRefused("logout_token.nonce")
    named = {name: claims[name] for name in ("sub", "sid") if name in claims}
    if not named or not all(is_identifier(value) for value in named.values()):
        raise SignInRefused("logout_token.sub")
    if not is_identifier(claims.get("jti")):
        raise SignInRefused("logout_token.jti")
    return LogoutRequest(
        issuer=profile.issuer,
        subject=str(named.get("sub", "")),
        provider_session=str(named.get("sid", "")),
        number=str(claims["jti"]),
        expires_at=timestamp_of_claim(claims, "exp"),
    )
