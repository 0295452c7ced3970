"""What is wrong with a provider profile beyond its shape, said so that the operator finds the place."""

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from urllib.parse import urlsplit

from identity.providers.birth_dates import FORMATS
from identity.providers.profile import (
    SIGNATURE_ALGORITHMS,
    ClientAuthentication,
    LevelParameter,
    ProviderProfile,
)
from identity.providers.transport import read_key

NAME = re.compile(r"[a-z][a-z0-9-]{0,39}")


def faults_of(profile: ProviderProfile, *, production: bool) -> list[str]:
    """Each fault as a sentence that begins with the provider's name."""
    found = [
        *_name_faults(profile),
        *_address_faults(profile, production=production),
        *_request_faults(profile),
        *_response_faults(profile),
        *_client_faults(profile),
    ]
    if production and profile.demo:
        found.append("a demo provider cannot be used in production")
    return [f"provider {profile.name!r}: {fault}" for fault in found]


def _name_faults(profile: ProviderProfile) -> Iterator[str]:
    if not NAME.fullmatch(profile.name):
        yield "name must be small letters, digits and hyphens, as it stands in addresses"
    if not profile.issuer:
        yield "issuer is empty"


def _address_faults(profile: ProviderProfile, *, production: bool) -> Iterator[str]:
    endpoints = profile.endpoints
    if not profile.discovery and not (endpoints.authorize and endpoints.token and endpoints.jwks):
        yield "without discovery, endpoints.authorize, .token and .jwks are needed"
    addresses = {"issuer": profile.issuer, "discovery": profile.discovery}
    addresses |= {f"endpoints.{each.name}": getattr(endpoints, each.name) for each in fields(endpoints)}
    for key, address in addresses.items():
        parts = urlsplit(address)
        if address and (parts.scheme not in ("http", "https") or not parts.hostname or parts.username):
            yield f"{key} {address!r} is not a web address"
        elif address and production and parts.scheme != "https" and not _only_a_name(key, profile):
            yield f"{key} {address!r} does not begin with https://"


def _only_a_name(key: str, profile: ProviderProfile) -> bool:
    """An issuer without discovery is compared, never called: some countries' begins with http:// for ever."""
    return key == "issuer" and not profile.discovery


def _request_faults(profile: ProviderProfile) -> Iterator[str]:
    if profile.request.pkce != "S256":
        yield "request.pkce must be S256"
    if "openid" not in profile.request.scope.split():
        yield "request.scope must hold openid"
    if profile.request.level_param is LevelParameter.NONE and profile.request.levels:
        yield "request.levels needs request.level_param"
    for word in profile.request.levels:
        if word not in profile.levels and not profile.response.lowest_level:
            yield f"request.levels {word!r} stands in no levels: name it there, or set response.lowest_level"


def _response_faults(profile: ProviderProfile) -> Iterator[str]:
    if not profile.response.id_token_alg:
        yield "response.id_token_alg is empty"
    for name in profile.response.id_token_alg:
        if name not in SIGNATURE_ALGORITHMS:
            yield f"response.id_token_alg {name!r} is not one of {', '.join(SIGNATURE_ALGORITHMS)}"
    if profile.claims.birthdate_format not in FORMATS:
        yield f"claims.birthdate_format must be one of {', '.join(FORMATS)}"


def _client_faults(profile: ProviderProfile) -> Iterator[str]:
    client = profile.client
    if client.auth is ClientAuthentication.PRIVATE_KEY:
        try:
            read_key(Path(client.key_file))
        except (OSError, ValueError) as fault:
            yield f"client.key_file: {fault}"
    elif client.secret_file and not Path(client.secret_file).is_file():
        yield f"client.secret_file {client.secret_file!r} cannot be read"
    elif not client.secret and not client.secret_file:
        yield f"client.secret or client.secret_file is needed for {client.auth}"
