"""The demo provider is as strict as a real one: a client that forgets something is not let through."""

import base64
import hashlib
import html
import re
import secrets
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from identity.providers.demo_clients import demo_clients
from tests.identity.provider_process import ROOT

VERIFIER = secrets.token_urlsafe(32)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@pytest.fixture
def card(provider):
    return provider.know(sub="citizen-of-the-test", snils="11223344595", birth_date="1957-03-14")


@pytest.fixture
def asked(provider):
    """A right request of the portal."""
    return {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": f"{provider.settings.public_url}/sign-in/demo/callback",
        "scope": "openid profile birthdate snils",
        "state": secrets.token_urlsafe(32),
        "nonce": secrets.token_urlsafe(32),
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "ui_locales": "en",
    }


def authorize(provider, asked, **changes):
    parameters = {name: value for name, value in {**asked, **changes}.items() if value is not None}
    return requests.get(f"{provider.issuer}/authorize", params=parameters, allow_redirects=False, timeout=5)


def code_for(provider, asked, card):
    chosen = requests.post(
        f"{provider.issuer}/authorize", params=asked, data={"card": card}, allow_redirects=False, timeout=5
    )
    return parse_qs(urlsplit(chosen.headers["Location"]).query)["code"][0]


def redeem(provider, asked, code, **changes):
    secret = demo_clients(provider.settings.data_dir).portal_secret
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": asked["redirect_uri"],
        "code_verifier": VERIFIER,
        **changes,
    }
    return requests.post(f"{provider.issuer}/token", data=body, auth=("portal", secret), timeout=5)


def test_a_supervisor_hears_that_it_lives(provider):
    answer = requests.get(f"{provider.issuer}/healthz", timeout=5)

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_discovery_names_what_the_provider_does(provider):
    document = requests.get(f"{provider.issuer}/.well-known/openid-configuration", timeout=5).json()

    assert document["issuer"] == provider.issuer
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["authorization_response_iss_parameter_supported"] is True
    assert document["backchannel_logout_session_supported"] is True
    assert all(
        document[name].startswith(provider.issuer)
        for name in document
        if name.endswith(("_endpoint", "jwks_uri"))
    )


def test_the_published_keys_are_public(provider):
    (key,) = requests.get(f"{provider.issuer}/jwks", timeout=5).json()["keys"]

    assert {"n", "e", "kid"} <= key.keys()
    assert not {"d", "p", "q"} & key.keys()


def test_the_page_shows_the_cards_under_a_strict_policy(provider, asked, card):
    page = authorize(provider, asked)

    assert page.status_code == 200
    assert f'value="{card}"' in page.text
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"form-action 'self' {provider.settings.public_url}" in policy
    assert "<script" not in page.text
    assert "style=" not in page.text


def test_a_card_is_found_by_name_and_number(provider, asked, card):
    for words, there in [("тестова анна", True), ("112-233-445", True), ("nobody", False)]:
        page = authorize(provider, asked, find=words)

        assert (f'value="{card}"' in page.text) is there


def test_what_is_typed_stays_text(provider, asked):
    page = authorize(provider, asked, find='"><script>alert(1)</script>', state='"><script>')

    assert "<script>" not in page.text


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"nonce": None},
        {"response_type": "token"},
        {"prompt": "none"},
    ],
)
def test_an_incomplete_request_goes_back_as_an_error(provider, asked, changes):
    answer = authorize(provider, asked, **changes)

    assert answer.status_code in (302, 400)
    assert "code=" not in answer.headers.get("Location", "")


@pytest.mark.parametrize(
    "changes",
    [{"client_id": "stranger"}, {"client_id": None}, {"redirect_uri": "https://evil.example/"}],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(provider, asked, changes):
    answer = authorize(provider, asked, **changes)

    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_code_is_redeemed_once(provider, asked, card):
    code = code_for(provider, asked, card)

    first, again = (redeem(provider, asked, code) for _ in range(2))

    assert (first.status_code, again.status_code) == (200, 400)
    assert first.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "changes", [{"code_verifier": "x" * 43}, {"code_verifier": ""}, {"redirect_uri": "https://evil.example/"}]
)
def test_a_code_needs_its_verifier_and_its_address(provider, asked, card, changes):
    assert redeem(provider, asked, code_for(provider, asked, card), **changes).status_code == 400


def test_a_client_proves_itself_its_own_way(provider, asked, card):
    code = code_for(provider, asked, card)
    body = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": VERIFIER,
        "client_id": "portal",
    }

    assert requests.post(f"{provider.issuer}/token", data=body, timeout=5).status_code == 401
    answer = requests.post(f"{provider.issuer}/token", data=body, auth=("portal", "guessed"), timeout=5)
    assert answer.status_code == 401
    answer = requests.post(f"{provider.issuer}/token", data=body, auth=("desk", "guessed"), timeout=5)
    assert answer.status_code == 401


def test_userinfo_tells_what_the_scope_allows(provider, asked, card):
    asked["scope"] = "openid birthdate"
    token = redeem(provider, asked, code_for(provider, asked, card)).json()["access_token"]

    told = requests.get(
        f"{provider.issuer}/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=5
    )

    assert told.json() == {"sub": card, "birthdate": "1957-03-14"}
    assert requests.get(f"{provider.issuer}/userinfo", timeout=5).status_code == 401


def test_cancelling_goes_back_without_a_code(provider, asked):
    answer = requests.post(
        f"{provider.issuer}/authorize", params=asked, data={"card": ""}, allow_redirects=False, timeout=5
    )

    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["error"] == ["access_denied"]
    assert query["iss"] == [provider.issuer]


def test_another_site_chooses_no_card(provider, asked, card):
    answer = requests.post(
        f"{provider.issuer}/authorize",
        params=asked,
        data={"card": card},
        headers={"Sec-Fetch-Site": "cross-site"},
        timeout=5,
    )

    assert answer.status_code == 403


def test_a_visitor_sees_where_they_are_signed_in_and_ends_it(provider, asked, card):
    with requests.Session() as person:
        page = person.get(f"{provider.issuer}/authorize", params=asked, timeout=5)
        action = html.unescape(re.search(r'method="post" action="([^"]+)"', page.text)[1])
        person.post(provider.issuer + action, data={"card": card}, allow_redirects=False, timeout=5)

        assert "Regional health portal" in person.get(f"{provider.issuer}/?language=en", timeout=5).text
        ended = person.post(f"{provider.issuer}/visits/end?language=en", timeout=10)

    assert "not signed in anywhere" in ended.text


def test_a_sign_out_without_a_hint_asks_first(provider):
    page = requests.get(f"{provider.issuer}/session/end?language=en", timeout=5)

    assert page.status_code == 200
    assert "Do you want to sign out" in page.text


def test_a_forged_hint_redirects_nobody(provider):
    answer = requests.get(
        f"{provider.issuer}/session/end",
        params={"id_token_hint": "a.b.c", "post_logout_redirect_uri": "https://evil.example/"},
        allow_redirects=False,
        timeout=5,
    )

    assert "Location" not in answer.headers


def test_the_provider_does_not_run_in_production(tmp_path):
    environ = {
        "PROFILE": "production",
        "SECRET_KEY": "x" * 40,
        "PUBLIC_URL": "https://health.example",
        "IDENTITY_PROVIDERS_FILE": "providers.toml",
        "DATABASE_URL": "embedded",
        "DATA_DIR": str(tmp_path),
    }

    ended = subprocess.run(
        [sys.executable, "-m", "demo.eid_provider"],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert ended.returncode == 1
    assert "does not run in production" in ended.stderr
