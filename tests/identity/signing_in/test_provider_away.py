"""A provider that is down, slow or strange: people are told soon and calmly, and nothing is half-stored."""

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from identity.providers.registry import Providers
from identity.providers.relying_party import RelyingParty
from identity.providers.transport import Transport
from identity.signing_in.tables import SignInAttempt
from tests.identity.journeys import CITIZEN_COOKIE, ENGLISH, card_of, signed_in
from tests.identity.provider_process import (
    leave_for,
    providers_for,
    show_card,
    sign_in_with_card,
    signing_in_through,
)
from tests.identity.providers.tokens import PROFILE


@contextmanager
def answering(behaviour, asked=None):
    """A server of a few lines: for each connection it does what the test says."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        ended = threading.Event()

        def serve():
            while not ended.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                threading.Thread(
                    target=_speak, args=(behaviour, connection, ended, asked), daemon=True
                ).start()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            ended.set()
            thread.join()


def _speak(behaviour, connection, ended, asked):
    with connection:
        try:
            request = connection.recv(65536)
            if asked is not None:
                asked.append(request)
            behaviour(connection, ended)
        except OSError:
            return


def silence(_connection, ended):
    ended.wait(20)


def drip(connection, ended):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n")
    while not ended.wait(0.2):
        connection.sendall(b" ")


def flood(connection, _ended):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    for _ in range(200):
        connection.sendall(b" " * 16_384)


def saying(body, status="200 OK", more=""):
    def say(connection, _ended):
        head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n{more}\r\n"
        connection.sendall(head.encode() + body.encode())

    return say


BEHAVIOURS = {
    "silent": silence,
    "dripping": drip,
    "flooding": flood,
    "failing": saying("{}", "500 Internal Server Error"),
    "elsewhere": saying("", "302 Found", "Location: http://169.254.169.254/\r\n"),
    "html": saying("<html>"),
    "list": saying("[]"),
    "deep": saying("[" * 100_000),
    "stranger": saying('{"issuer": "https://other.example"}'),
}


def through(app, issuer):
    """The application with this address as its only provider."""
    settings = app.extensions["settings"]
    profile = replace(
        PROFILE, name="demo", issuer=issuer, discovery=f"{issuer}/.well-known/openid-configuration"
    )
    return signing_in_through(app, settings, Providers({"demo": RelyingParty(profile)}))


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_sign_in_page_says_soon_that_the_provider_is_not_answering(app, client, as_administrator, name):
    before = _attempts(as_administrator)
    with answering(BEHAVIOURS[name]) as issuer, through(app, issuer):
        began = time.monotonic()
        answer = client.post("/sign-in/demo", headers=ENGLISH)
        took_s = time.monotonic() - began

    assert answer.status_code == 502
    assert "is not answering" in answer.text
    assert took_s < 5
    assert "Set-Cookie" not in answer.headers
    assert _attempts(as_administrator) == before


def test_a_closed_port_is_noticed_at_once(app, client):
    with through(app, "http://127.0.0.1:9"):
        began = time.monotonic()
        answer = client.post("/sign-in/demo", headers=ENGLISH)

    assert answer.status_code == 502
    assert time.monotonic() - began < 3


def test_the_next_person_is_told_without_waiting_for_the_same_silence(app, client):
    with answering(silence) as issuer, through(app, issuer):
        client.post("/sign-in/demo")
        began = time.monotonic()
        client.post("/sign-in/demo")

    assert time.monotonic() - began < 1


def test_who_is_signed_in_stays_so_while_the_provider_is_away(app, client, people, provider):
    sign_in_with_card(client, card_of(provider, people.patient()))
    token = client.get_cookie(CITIZEN_COOKIE).value

    with through(app, "http://127.0.0.1:9"):
        assert signed_in(app, token)
        answer = client.post("/sign-out")

    assert answer.location == "/signed-out"
    assert not signed_in(app, token)


def test_a_provider_that_goes_away_under_way_is_named_calmly(app, client, people, provider):
    callback = show_card(leave_for(client, "/sign-in/demo"), card_of(provider, people.patient()))
    fresh = providers_for(provider.settings)
    profile = fresh.by_name["demo"].profile
    gone = replace(profile, discovery="http://127.0.0.1:9/.well-known/openid-configuration")

    with signing_in_through(app, provider.settings, Providers({"demo": RelyingParty(gone)})):
        answer = client.get(callback, headers=ENGLISH)

    assert answer.status_code == 502
    assert "Start again" in answer.text
    assert client.get_cookie(CITIZEN_COOKIE) is None


def test_no_password_of_a_netrc_is_sent(tmp_path, monkeypatch):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    asked = []

    with answering(saying("{}"), asked) as address:
        assert Transport(PROFILE).json(address) == {}

    assert b"authorization" not in asked[0].lower()


def _attempts(as_administrator):
    with as_administrator() as connection:
        return connection.execute(select(func.count()).select_from(SignInAttempt)).scalar()
