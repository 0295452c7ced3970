"""We, as one provider sees us: begin a sign-in, finish it, end it. Keeps nothing of any person."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode, urlsplit

from identity.providers.authorization_responses import authorization_code
from identity.providers.keys import KeyCache
from identity.providers.logout_tokens import LogoutRequest, verify_logout_token
from identity.providers.metadata import MetadataCache
from identity.providers.person import AuthenticatedPerson, authenticated_person
from identity.providers.profile import LevelParameter, LogoutKind, ProviderProfile, UserInfo
from identity.providers.refusals import ProviderDown, SignInRefused
from identity.providers.transport import Transport
from identity.providers.verifier import ExpectedClaims, verify_id_token

# So old may the knowledge be that the provider answers, when somebody is sent there.
SEEN_WITHIN_S = 20.0


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """One sign-in that begins: its numbers are kept on our side until the browser is back. Each has 256 bits."""

    state: str
    nonce: str
    code_verifier: str
    address: str


@dataclass(frozen=True, slots=True)
class CompletedSignIn:
    """A sign-in that was finished, with the token that ends the provider's session later."""

    person: AuthenticatedPerson
    id_token: str


class RelyingParty:
    """One profile at work."""

    def __init__(self, profile: ProviderProfile) -> None:
        self.profile = profile
        self._transport = Transport(profile)
        self._metadata = MetadataCache(profile, self._transport)
        self._keys = KeyCache(
            lambda: self._transport.json(self._metadata.read().jwks),
            max_age_s=profile.trust.jwks_max_age_s,
            min_refetch_s=profile.trust.min_refetch_s,
        )

    @property
    def origins(self) -> tuple[str, ...]:
        """The provider's origins, as far as known without asking: a form of ours may end there."""
        cached = self._metadata.cached()
        addresses = [self.profile.issuer]
        if cached is not None:
            addresses += [cached.authorize, cached.end_session]
        return tuple(sorted({_origin(address) for address in addresses if address}))

    def request_authorization(
        self, *, redirect_uri: str, language: str, anew: bool = False
    ) -> AuthorizationRequest:
        """Begin a sign-in.

        Args:
            anew: whoever is signed in at the provider must prove again that it is they (OpenID Connect Core 1.0, `max_age`).

        Raises:
            ProviderDown: the provider does not answer; nobody is sent to a dead address.
        """
        metadata = self._metadata.read(max_age_s=SEEN_WITHIN_S)
        state, nonce, code_verifier = (secrets.token_urlsafe(32) for _ in range(3))
        asked = {"nonce": nonce, "ui_locales": language, **self.profile.request.extra}
        if self.profile.request.level_param is LevelParameter.ACR_VALUES and self.profile.request.levels:
            asked["acr_values"] = " ".join(self.profile.request.levels)
        if anew or self.profile.response.max_age_s:
            asked["max_age"] = "0" if anew else str(self.profile.response.max_age_s)
        address = self._transport.authorization_address(
            metadata.authorize, redirect_uri=redirect_uri, state=state, code_verifier=code_verifier, **asked
        )
        return AuthorizationRequest(state=state, nonce=nonce, code_verifier=code_verifier, address=address)

    def complete_sign_in(
        self,
        answer: Mapping[str, Sequence[str]],
        *,
        nonce: str,
        code_verifier: str,
        redirect_uri: str,
        at: datetime,
    ) -> CompletedSignIn:
        """Finish a sign-in whose state was found and is used up.

        Raises:
            SignInRefused: the answer, the token or the userinfo fails a check.
            ProviderDown: the provider does not answer.
        """
        metadata = self._metadata.read()
        rules = self.profile.response
        code = authorization_code(
            answer,
            issuer=self.profile.issuer,
            issuer_required=rules.require_iss_param or metadata.names_itself,
        )
        tokens = self._transport.redeem(
            metadata.token, code=code, code_verifier=code_verifier, redirect_uri=redirect_uri
        )
        access_token, id_token = _bearer(tokens), tokens.get("id_token")
        expected = ExpectedClaims(nonce=nonce, access_token=access_token, at=at)
        claims = verify_id_token(id_token, profile=self.profile, cache=self._keys, expected=expected)
        userinfo = self._userinfo(metadata.userinfo, access_token, claims)
        return CompletedSignIn(
            person=authenticated_person(self.profile, token=claims, userinfo=userinfo), id_token=str(id_token)
        )

    def verified_logout(self, logout_token: str, *, at: datetime) -> LogoutRequest:
        """Whose visit the provider says has ended.

        Raises:
            SignInRefused: the message fails a check.
            ProviderDown: its signature cannot be checked now.
        """
        return verify_logout_token(logout_token, profile=self.profile, cache=self._keys, at=at)

    def end_session_url(self, *, id_token: str, post_logout_redirect_uri: str) -> str | None:
        """Where the browser ends the provider's session (RP-Initiated Logout 1.0), or None where nobody would answer."""
        if self.profile.logout is LogoutKind.NONE or not id_token:
            return None
        try:
            metadata = self._metadata.read(max_age_s=SEEN_WITHIN_S)
        except ProviderDown:
            return None
        if not metadata.end_session:
            return None
        asked = {
            "id_token_hint": id_token,
            "client_id": self.profile.client.id,
            "post_logout_redirect_uri": post_logout_redirect_uri,
        }
        return f"{metadata.end_session}{'&' if '?' in metadata.end_session else '?'}{urlencode(asked)}"

    def _userinfo(self, address: str, access_token: str, claims: Mapping[str, object]) -> dict[str, object]:
        if self.profile.response.userinfo is UserInfo.NONE:
            return {}
        if not address:
            raise SignInRefused("userinfo.missing")
        userinfo = self._transport.json(address, access_token=access_token)
        # Core 1.0, section 5.3.2: without this, one person's token could open another person's details.
        if userinfo.get("sub") != claims["sub"]:
            raise SignInRefused("userinfo.sub")
        return userinfo


def _bearer(tokens: Mapping[str, object]) -> str:
    """The access token, which must be of the one kind that we can show (RFC 6750)."""
    access_token = tokens.get("access_token")
    if not isinstance(access_token, str) or str(tokens.get("token_type", "")).lower() != "bearer":
        raise SignInRefused("token.access_token")
    return access_token


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
