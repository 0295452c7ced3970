"""The demo provider's two profiles, made by themselves when the operator names no file."""

from types import MappingProxyType
from urllib.parse import urlsplit

from foundation.language.bilingual import BilingualText
from foundation.settings import Settings
from identity.people.rules.assurance import Assurance
from identity.providers.demo_clients import DESK, DESK_KEY_FILE, PORTAL, demo_clients
from identity.providers.profile import (
    AccessTokenHash,
    Audience,
    Client,
    ClientAuthentication,
    ProviderProfile,
    Request,
    Response,
)

LEVELS = MappingProxyType(
    {"low": Assurance.LOW, "substantial": Assurance.SUBSTANTIAL, "high": Assurance.HIGH}
)
AUTHENTICATED_WITHIN_S = 3600


def demo_issuer(settings: Settings) -> str:
    """The demo provider lives on the service's host, one port further: another origin."""
    return f"http://{urlsplit(settings.public_url).hostname}:{settings.provider_port}"


def demo_profiles(settings: Settings) -> tuple[ProviderProfile, ...]:
    """One client for citizens, which proves itself by a secret, and one for staff, by a key."""
    kept = demo_clients(settings.data_dir)
    citizens = Client(id=PORTAL, auth=ClientAuthentication.SECRET_BASIC, secret=kept.portal_secret)
    staff = Client(
        id=DESK,
        auth=ClientAuthentication.PRIVATE_KEY,
        key_file=str(settings.data_dir / DESK_KEY_FILE),
    )
    return (
        _profile(settings, "demo", Audience.CITIZENS, citizens),
        _profile(settings, "demo-desk", Audience.STAFF, staff),
    )


def _profile(settings: Settings, name: str, audience: Audience, client: Client) -> ProviderProfile:
    issuer = demo_issuer(settings)
    return ProviderProfile(
        name=name,
        title=BilingualText("Demo eID", "Демо-ЭИ"),
        audience=audience,
        issuer=issuer,
        discovery=f"{issuer}/.well-known/openid-configuration",
        demo=True,
        client=client,
        request=Request(scope="openid profile birthdate snils", levels=("high", "substantial")),
        response=Response(
            id_token_alg=("RS256",),
            require_iss_param=True,
            at_hash=AccessTokenHash.REQUIRED,
            max_age_s=AUTHENTICATED_WITHIN_S,
        ),
        levels=LEVELS,
    )
