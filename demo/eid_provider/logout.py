"""Ending a visit: RP-initiated logout from a client, and the back-channel message to the client."""

import secrets
import time

import requests
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oidc.rpinitiated import EndSessionEndpoint
from authlib.oidc.rpinitiated.end_session import EndSessionRequest
from joserfc import jwt
from joserfc.jwk import KeySet

from demo.eid_provider.memory import Visit
from demo.eid_provider.server import IdentityProvider
from demo.eid_provider.signing import ALGORITHM

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MESSAGE_LIVES_S = 120
ANSWER_WITHIN_S = 2


def register_end_session(server: AuthorizationServer, identity_provider: IdentityProvider) -> None:
    """Let clients send their people here to sign out."""

    class EndSession(EndSessionEndpoint):
        def get_server_jwks(self) -> KeySet:
            return KeySet([identity_provider.key])

        def end_session(self, end_session_request: EndSessionRequest) -> None:
            claims = end_session_request.id_token_claims or {}
            end_visit(identity_provider, claims.get("sid", ""))

    server.register_endpoint(EndSession)


def end_visit(identity_provider: IdentityProvider, sid: str) -> None:
    """Forget the visit and tell the client; a client that does not answer is not waited for."""
    visit = identity_provider.memory.visits.take(sid)
    if visit is None:
        return
    address = identity_provider.clients[visit.client_id].backchannel_logout_uri
    try:
        requests.post(
            address, data={"logout_token": logout_token(identity_provider, visit)}, timeout=ANSWER_WITHIN_S
        )
    except requests.RequestException:
        print("A client did not take its logout message.", flush=True)


def logout_token(identity_provider: IdentityProvider, visit: Visit) -> str:
    """The message of OpenID Connect Back-Channel Logout 1.0, section 2.4."""
    issued_at = int(time.time())
    claims = {
        "iss": identity_provider.issuer,
        "aud": visit.client_id,
        "iat": issued_at,
        "exp": issued_at + MESSAGE_LIVES_S,
        "jti": secrets.token_urlsafe(16),
        "sub": visit.card.sub,
        "sid": visit.sid,
        "events": {EVENT: {}},
    }
    return jwt.encode(
        {"alg": ALGORITHM, "kid": identity_provider.key.kid, "typ": "logout+jwt"},
        claims,
        identity_provider.key,
    )
