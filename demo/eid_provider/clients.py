"""The two clients that the provider knows: the citizens' portal and the staff's desk."""

import secrets
from dataclasses import dataclass

from authlib.oauth2.rfc6749 import ClientMixin, list_to_scope, scope_to_list
from joserfc.jwk import ECKey

from foundation.language.bilingual import BilingualText
from foundation.settings import Settings
from identity.providers.demo_clients import DESK, PORTAL, demo_clients

SCOPES = ("openid", "profile", "birthdate", "snils")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClient(ClientMixin):
    """One client, answering what Authlib asks of it."""

    client_id: str
    name: BilingualText
    redirect_uri: str
    post_logout_redirect_uri: str
    backchannel_logout_uri: str
    auth_method: str
    secret: str = ""
    key: ECKey | None = None

    @property
    def client_metadata(self) -> dict[str, list[str]]:
        return {"post_logout_redirect_uris": [self.post_logout_redirect_uri]}

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_allowed_scope(self, scope: str) -> str:
        return list_to_scope([word for word in scope_to_list(scope) or [] if word in SCOPES])

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == self.redirect_uri

    def check_client_secret(self, client_secret: str) -> bool:
        return bool(self.secret) and secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


def registered_clients(settings: Settings) -> dict[str, RegisteredClient]:
    """The clients by their id, reached at the service's public address."""
    kept = demo_clients(settings.data_dir)
    portal = RegisteredClient(
        client_id=PORTAL,
        name=BilingualText("Regional health portal", "Региональный портал здоровья"),
        redirect_uri=f"{settings.public_url}/sign-in/demo/callback",
        post_logout_redirect_uri=f"{settings.public_url}/signed-out",
        backchannel_logout_uri=f"{settings.public_url}/identity/demo/back-channel-logout",
        auth_method="client_secret_basic",
        secret=kept.portal_secret,
    )
    desk = RegisteredClient(
        client_id=DESK,
        name=BilingualText("Staff desk", "Рабочее место сотрудника"),
        redirect_uri=f"{settings.public_url}/staff/sign-in/demo-desk/callback",
        post_logout_redirect_uri=f"{settings.public_url}/staff/signed-out",
        backchannel_logout_uri=f"{settings.public_url}/identity/demo-desk/back-channel-logout",
        auth_method="private_key_jwt",
        key=ECKey.import_key(kept.desk_key.as_dict(private=False)),
    )
    return {PORTAL: portal, DESK: desk}
