"""The provider's protocol, put together from Authlib's server side: what it insists on and what its tokens say."""

import time
from dataclasses import dataclass

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import InvalidRequestError, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9207 import IssuerParameter
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, g
from joserfc.jwk import ECKey, RSAKey

from demo.eid_provider.clients import RegisteredClient
from demo.eid_provider.memory import TOKEN_LIVES_S, AccessToken, Code, Memory, Visit
from demo.eid_provider.signing import ALGORITHM

ID_TOKEN_LIVES_S = 600


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """What every part of the provider shares."""

    issuer: str
    key: RSAKey
    clients: dict[str, RegisteredClient]
    memory: Memory


class ChallengeRequired(CodeChallenge):
    """PKCE with S256 from every client; Authlib's own check lets confidential clients go without."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]

    def validate_code_challenge(self, grant, redirect_uri) -> None:
        asked = grant.request.payload.data
        if not asked.get("code_challenge") or asked.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE with S256 is required.", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


def assemble(
    app: Flask, identity_provider: IdentityProvider
) -> tuple[AuthorizationServer, ResourceProtector]:
    """The authorization server and the guard of its userinfo endpoint."""

    def save_token(token: dict, request) -> None:
        identity_provider.memory.tokens.put(
            token["access_token"], AccessToken(visit=request.user, scope=token.get("scope", ""))
        )

    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": TOKEN_LIVES_S}
    server = AuthorizationServer(app, query_client=identity_provider.clients.get, save_token=save_token)
    server.register_grant(_code_grant(identity_provider), [ChallengeRequired(), _open_id(identity_provider)])
    server.register_client_auth_method("private_key_jwt", _key_assertion(identity_provider)())
    server.register_extension(_issuer_parameter(identity_provider)())
    guard = ResourceProtector()
    guard.register_token_validator(_bearer(identity_provider)())
    return server, guard


def _code_grant(identity_provider: IdentityProvider) -> type[grants.AuthorizationCodeGrant]:
    class CodeGrant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "private_key_jwt"]

        def save_authorization_code(self, code: str, request) -> None:
            asked = request.payload.data
            identity_provider.memory.nonces.put(asked["nonce"], True)
            identity_provider.memory.codes.put(
                code,
                Code(
                    code=code,
                    client_id=request.client.client_id,
                    redirect_uri=request.payload.redirect_uri,
                    scope=request.scope,
                    nonce=asked["nonce"],
                    code_challenge=asked["code_challenge"],
                    code_challenge_method=asked["code_challenge_method"],
                    visit=request.user,
                ),
            )

        def query_authorization_code(self, code: str, client: RegisteredClient) -> Code | None:
            taken = identity_provider.memory.codes.take(code)  # whoever presents it, it is used up
            return taken if taken and taken.client_id == client.client_id else None

        def delete_authorization_code(self, authorization_code: Code) -> None:
            identity_provider.memory.codes.take(authorization_code.code)

        def authenticate_user(self, authorization_code: Code) -> Visit:
            return authorization_code.visit

    return CodeGrant


def _open_id(identity_provider: IdentityProvider) -> OpenIDCode:
    class CardCode(OpenIDCode):
        def exists_nonce(self, nonce: str, request) -> bool:
            return identity_provider.memory.nonces.get(nonce) is not None

        def resolve_client_private_key(self, client: RegisteredClient) -> RSAKey:
            return identity_provider.key

        def get_encode_header(self, client: RegisteredClient) -> dict[str, str]:
            return {"alg": ALGORITHM, "kid": identity_provider.key.kid or ""}

        def get_client_claims(self, client: RegisteredClient) -> dict[str, object]:
            return {
                "iss": identity_provider.issuer,
                "aud": client.client_id,
                "exp": int(time.time()) + ID_TOKEN_LIVES_S,
            }

        def get_authorization_code_claims(self, authorization_code: Code) -> dict[str, object]:
            return {
                **super().get_authorization_code_claims(authorization_code),
                "sid": authorization_code.visit.sid,
            }

        def generate_user_info(self, user: Visit, scope: str) -> dict[str, str]:
            return {"sub": user.card.sub}

    return CardCode(require_nonce=True)


def claims_of(visit: Visit, scope: str) -> dict[str, str]:
    """What the userinfo endpoint tells of a person, by scope."""
    card, scopes = visit.card, scope.split()
    claims = {"sub": card.sub}
    if "profile" in scopes:
        claims |= {
            "family_name": card.family_name,
            "given_name": card.given_name,
            "middle_name": card.middle_name,
            "name": card.full_name,
        }
    if "birthdate" in scopes:
        claims["birthdate"] = card.birth_date.isoformat()
    if "snils" in scopes:
        claims["snils"] = card.snils
    return claims


def _key_assertion(identity_provider: IdentityProvider) -> type[JWTBearerClientAssertion]:
    class KeyAssertion(JWTBearerClientAssertion):
        CLIENT_AUTH_METHOD = "private_key_jwt"

        def get_audiences(self) -> list[str]:
            return [identity_provider.issuer, f"{identity_provider.issuer}/token"]

        def validate_jti(self, claims: dict, jti: str) -> bool:
            used = f"{claims['iss']} {jti}"
            fresh = identity_provider.memory.assertion_numbers.get(used) is None
            identity_provider.memory.assertion_numbers.put(used, True)
            return fresh

        def resolve_client_public_key(self, client: RegisteredClient) -> ECKey:
            if client.key is None:
                raise InvalidRequestError("This client has no key.")
            return client.key

    return KeyAssertion


def _issuer_parameter(identity_provider: IdentityProvider) -> type[IssuerParameter]:
    class Issuer(IssuerParameter):
        def get_issuer(self) -> str:
            return identity_provider.issuer

    return Issuer


def _bearer(identity_provider: IdentityProvider) -> type[BearerTokenValidator]:
    class KnownToken(BearerTokenValidator):
        def authenticate_token(self, token_string: str) -> AccessToken | None:
            token = identity_provider.memory.tokens.get(token_string)
            if token is None or identity_provider.memory.visits.get(token.visit.sid) is None:
                return None
            g.access_token = token
            return token

    return KnownToken
