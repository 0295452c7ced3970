"""The demo provider's page carries the client's request on as it came, whatever names stand in it."""

import html
import re
import secrets
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

CHALLENGE = secrets.token_urlsafe(32)


@pytest.mark.parametrize("name", ["endpoint", "_method", "_external", "_anchor", "_scheme", "self", "values"])
def test_a_name_in_the_request_is_a_name_and_nothing_more(provider, name):
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": f"{provider.settings.public_url}/sign-in/demo/callback",
        "scope": "openid",
        "state": "a state & its = signs",
        "nonce": secrets.token_urlsafe(32),
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        name: "POST",
    }

    page = requests.get(f"{provider.issuer}/authorize", params=asked, allow_redirects=False, timeout=5)

    assert page.status_code == 200
    (address,) = re.findall(r'<form method="post" action="([^"]*)"', page.text)
    parts = urlsplit(html.unescape(address))
    assert (parts.scheme, parts.netloc, parts.path, parts.fragment) == ("", "", "/authorize", "")
    assert {key: values for key, [values] in parse_qs(parts.query).items()} == asked
