"""A provider that answers wrongly in one place at a time, over a real wire: nobody is signed in by any of it."""

import threading
import time
from dataclasses import replace

import pytest
import requests
from flask import Flask, jsonify, redirect, request
from werkzeug.serving import make_server

from identity.providers.profile import Response
from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from tests.identity.journeys import CITIZEN_COOKIE
from tests.identity.provider_process import Quiet, leave_for, path_of, signing_in_through
from tests.identity.providers.tokens import (
    ACCESS_TOKEN,
    AT_HASH,
    EC_KEY,
    KEY,
    PROFILE,
    STRANGER,
    key_set,
    put_together,
    signed,
)


class PoisonedProvider:
    """A whole provider of a few lines, right in everything but what `poison` names."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.poison = ""
        self.patient = None
        self.nonce = ""
        self.verifiers: list[str] = []

    def application(self) -> Flask:
        provider = Flask("poisoned")
        provider.add_url_rule("/.well-known/openid-configuration", view_func=self.discovery)
        provider.add_url_rule("/authorize", view_func=self.authorize)
        provider.add_url_rule("/token", view_func=self.token, methods=["POST"])
        provider.add_url_rule("/userinfo", view_func=self.userinfo)
        provider.add_url_rule("/jwks", view_func=lambda: jsonify(key_set(KEY, EC_KEY)))
        return provider

    def discovery(self):
        return jsonify(
            issuer=self.issuer,
            authorization_endpoint=f"{self.issuer}/authorize",
            token_endpoint=f"{self.issuer}/token",
            userinfo_endpoint=f"{self.issuer}/userinfo",
            jwks_uri=f"{self.issuer}/jwks",
            authorization_response_iss_parameter_supported=True,
        )

    def authorize(self):
        self.nonce = request.args["nonce"]
        back = f"{request.args['redirect_uri']}?code=a-code&state={request.args['state']}"
        if self.poison != "no iss":
            back += f"&iss={'https://other.example' if self.poison == 'other iss' else self.issuer}"
        return redirect(back)

    def token(self):
        self.verifiers.append(request.form["code_verifier"])
        answer = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "id_token": self.id_token()}
        changes = {
            "no id_token": {"id_token": None},
            "empty id_token": {"id_token": ""},
            "id_token is no text": {"id_token": {"sub": self.patient.snils}},
            "no access_token": {"access_token": None},
            "access_token is no text": {"access_token": 7},
            "no token_type": {"token_type": None},
            "token of possession": {"token_type": "DPoP"},
            "error beside the token": {"error": "server_error"},
        }
        answer |= changes.get(self.poison, {})
        ready = {
            "token endpoint fails": ("", 500),
            "token endpoint redirects": redirect(f"{self.issuer}/elsewhere"),
            "token endpoint says html": ("<html>", 200),
            "token endpoint says a list": ("[]", 200),
        }
        return ready.get(self.poison) or jsonify(
            {name: value for name, value in answer.items() if value is not None}
        )

    def id_token(self) -> str:
        at = int(time.time())
        claims = {
            "iss": self.issuer,
            "sub": "somebody",
            "aud": PROFILE.client.id,
            "iat": at,
            "exp": at + 300,
            "auth_time": at,
            "nonce": self.nonce,
            "acr": "high",
            "at_hash": AT_HASH,
        }
        changes = {
            "other nonce": {"nonce": "x" * 43},
            "other audience": {"aud": "other", "azp": PROFILE.client.id},
            "other issuer": {"iss": "https://other.example"},
            "old": {"iat": at - 86_400 * 365},
            "not recent": {"auth_time": at - 86_400},
            "other at_hash": {"at_hash": "x" * 22},
        }
        claims |= changes.get(self.poison, {})
        if self.poison == "unsigned":
            return put_together({"alg": "none"}, claims, b"x")
        return signed(claims, STRANGER if self.poison == "stranger's signature" else KEY)

    def userinfo(self):
        told = {
            "sub": "somebody",
            "snils": self.patient.snils,
            "birthdate": self.patient.birth_date.isoformat(),
        }
        if self.poison == "userinfo of another":
            told["sub"] = "somebody else"
        if self.poison == "userinfo without sub":
            del told["sub"]
        ready = {
            "userinfo fails": ("", 500),
            "userinfo says a list": jsonify([told]),
            "userinfo redirects": redirect(f"{self.issuer}/elsewhere"),
        }
        return ready.get(self.poison) or jsonify(told)


@pytest.fixture(scope="module")
def running():
    """The poisoned provider on a port of its own."""
    server = make_server("127.0.0.1", 0, Flask("not yet"), threaded=True, request_handler=Quiet)
    provider = PoisonedProvider(server.server_port)
    server.app = provider.application()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield provider
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def poisoned(app, running, people):
    """The application believes in this provider, which knows one patient."""
    running.poison, running.patient = "", people.patient()
    running.verifiers.clear()
    profile = replace(
        PROFILE,
        name="poisoned",
        issuer=running.issuer,
        discovery=f"{running.issuer}/.well-known/openid-configuration",
        response=Response(id_token_alg=("RS256", "ES256"), max_age_s=600),
    )
    with signing_in_through(app, app.extensions["settings"], Providers({"poisoned": RelyingParty(profile)})):
        yield running


def come_back(client):
    there = requests.get(leave_for(client, "/sign-in/poisoned"), allow_redirects=False, timeout=5)
    return client.get(path_of(there.headers["Location"]))


def test_without_poison_the_provider_is_right(client, poisoned):
    assert come_back(client).status_code == 303
    assert client.get_cookie(CITIZEN_COOKIE) is not None
    assert len(poisoned.verifiers[0]) >= 43


@pytest.mark.parametrize(
    "poison",
    [
        "no id_token",
        "empty id_token",
        "id_token is no text",
        "no access_token",
        "access_token is no text",
        "no token_type",
        "token of possession",
        "error beside the token",
        "other nonce",
        "other audience",
        "other issuer",
        "old",
        "not recent",
        "other at_hash",
        "unsigned",
        "stranger's signature",
        "userinfo of another",
        "userinfo without sub",
        "other iss",
        "no iss",
    ],
)
def test_a_poisoned_answer_signs_nobody_in(client, poisoned, poison):
    poisoned.poison = poison

    answer = come_back(client)

    assert answer.status_code == 400
    assert client.get_cookie(CITIZEN_COOKIE) is None


@pytest.mark.parametrize(
    "poison",
    [
        "token endpoint fails",
        "token endpoint redirects",
        "token endpoint says html",
        "token endpoint says a list",
        "userinfo fails",
        "userinfo says a list",
        "userinfo redirects",
    ],
)
def test_a_provider_out_of_order_signs_nobody_in(client, poisoned, poison):
    poisoned.poison = poison

    answer = come_back(client)

    assert answer.status_code == 502
    assert client.get_cookie(CITIZEN_COOKIE) is None


@pytest.mark.parametrize("poison", ["other iss", "no iss"])
def test_a_mixed_up_answer_is_refused_before_the_code_is_shown_to_anybody(client, poisoned, poison):
    poisoned.poison = poison

    come_back(client)

    assert poisoned.verifiers == []
