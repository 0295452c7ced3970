"""Tokens as a provider would sign them, and as a forger would."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from foundation.language.bilingual import BilingualText
from identity.people.rules.assurance import Assurance
from identity.providers.keys import KeyCache
from identity.providers.profile import (
    AccessTokenHash,
    Audience,
    Client,
    ClientAuthentication,
    ProviderProfile,
    Response,
)
from identity.providers.verifier import ExpectedClaims, verify_id_token

ISSUER, OURS, NONCE = "https://eid.example", "portal", "a-nonce-of-enough-characters-for-anybody"
ACCESS_TOKEN = "an-access-token-6"
AT = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
SECONDS = int(AT.timestamp())
KEY = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
EC_KEY = ECKey.generate_key("P-256", {"kid": "curve", "use": "sig", "alg": "ES256"})
STRANGER = RSAKey.generate_key(2048, {"kid": "first", "use": "sig", "alg": "RS256"})
# Left half of the SHA-256 of the access token, in base64url (OpenID Connect Core 1.0, 3.1.3.6).
AT_HASH = "_Bp0RelwelC5y-qoTV5M2Q"
PROFILE = ProviderProfile(
    name="example",
    title=BilingualText("Example", "Пример"),
    audience=Audience.CITIZENS,
    issuer=ISSUER,
    discovery=f"{ISSUER}/.well-known/openid-configuration",
    client=Client(id=OURS, auth=ClientAuthentication.SECRET_BASIC, secret="secret"),
    response=Response(id_token_alg=("RS256", "ES256"), max_age_s=600, at_hash=AccessTokenHash.REQUIRED),
    levels=MappingProxyType({"high": Assurance.HIGH, "substantial": Assurance.SUBSTANTIAL}),
)


def good_claims(**changes: object) -> dict[str, object]:
    """What a right token says; `name=None` leaves a claim out."""
    claims: dict[str, object] = {
        "iss": ISSUER,
        "sub": "somebody",
        "aud": OURS,
        "exp": SECONDS + 300,
        "iat": SECONDS,
        "auth_time": SECONDS - 10,
        "nonce": NONCE,
        "acr": "high",
        "at_hash": AT_HASH,
    }
    claims |= changes
    return {name: value for name, value in claims.items() if value is not None}


def signed(claims: Mapping[str, object], key: RSAKey | ECKey = KEY, **header: object) -> str:
    algorithm = "ES256" if isinstance(key, ECKey) else "RS256"
    return jws.serialize_compact(
        {"alg": algorithm, "typ": "JWT", "kid": key.kid, **header}, json.dumps(dict(claims)), key
    )


def put_together(header: Mapping[str, object], claims: Mapping[str, object], signature: bytes) -> str:
    """A token that no library would write."""
    parts = [json.dumps(dict(header)).encode(), json.dumps(dict(claims)).encode(), signature]
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def key_set(*keys: RSAKey | ECKey) -> dict[str, object]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def cache_of(*keys: RSAKey | ECKey) -> KeyCache:
    return KeyCache(lambda: key_set(*keys))


def verified(
    token: object, *, profile: ProviderProfile = PROFILE, cache: KeyCache | None = None, **changes: object
) -> dict[str, object]:
    expected = replace(ExpectedClaims(nonce=NONCE, access_token=ACCESS_TOKEN, at=AT), **changes)
    return verify_id_token(token, profile=profile, cache=cache or cache_of(KEY, EC_KEY), expected=expected)
