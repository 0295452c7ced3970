"""The live board's stream, from the real event process to a real listener."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import book_slot
from foundation.clock import now
from foundation.postgres.roles import WEB
from identity.sessions.queries.sessions import sign_in_of
from tests.ports import free_port
from tests.signing_in import sign_in
from tests.waiting import until_up

HOUSE = Path(__file__).parents[3]
STARTS_WITHIN_S = 90
OWN_ORIGIN = "http://127.0.0.1:21600"  # what PUBLIC_URL says; nobody listens there


class Undone(Exception):
    """Thrown inside a transaction, so that it ends without its changes."""


@pytest.fixture(scope="module")
def events(postgres, tmp_path_factory) -> Iterator[str]:
    """The address of an event process of its own, as gunicorn serves it."""
    port = free_port()
    environment = {
        **os.environ,
        "PROFILE": "test",
        "SECRET_KEY": "for tests only, never for anything else",
        "DATA_DIR": str(tmp_path_factory.mktemp("events")),
        "DATABASE_URL": postgres.url(WEB),
        "PUBLIC_URL": OWN_ORIGIN,
        "LOG_LEVEL": "ERROR",
    }
    words = ["-m", "gunicorn", "--config", "python:runtime.serving", "--workers", "1", "--threads", "20"]
    process = subprocess.Popen(
        [sys.executable, *words, "--bind", f"127.0.0.1:{port}", "wsgi:create_events()"],
        cwd=HOUSE,
        env=environment,
    )
    address = f"http://127.0.0.1:{port}/dispatch/events"
    try:
        until_up(process, address, within_s=STARTS_WITHIN_S)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


@pytest.fixture
def token(app, desk, engines) -> str:
    with app.app_context():
        return sign_in(app.test_client(), desk.dispatcher.actor, engines["administrator"])


def test_a_change_reaches_the_board_within_moments(desk, events, token):
    with _listening(events, token) as lines:
        began = time.monotonic()
        referral_id = desk.sent()
        heard = _next_data(lines, about=str(referral_id))

    assert heard == f"data: {referral_id}"
    assert time.monotonic() - began < 5


def test_every_board_hears_every_change(desk, events, token):
    with _listening(events, token) as first, _listening(events, token) as second:
        referral_id = str(desk.sent())

        assert _next_data(first, about=referral_id)
        assert _next_data(second, about=referral_id)


def test_a_change_that_was_rolled_back_is_not_told(desk, events, token):
    slot_id = desk.slot()
    with _listening(events, token) as lines:
        lost = desk.sent()
        _next_data(
            lines, about=str(lost)
        )  # being sent is told; the booking that comes to nothing must not be
        with pytest.raises(Undone), desk.as_actor(desk.dispatcher.actor) as session:
            book_slot(session, lost, slot_id=slot_id)
            raise Undone
        told = str(desk.sent())
        heard = _until(lines, f"data: {told}")

    assert f"data: {lost}" not in heard


def test_only_a_dispatcher_may_listen(app, desk, events, engines):
    with app.app_context():
        doctor = sign_in(app.test_client(), desk.doctor.actor, engines["administrator"])

    assert requests.get(events, timeout=10).status_code == 401
    assert requests.get(events, cookies={"desk_session": "guessed"}, timeout=10).status_code == 401
    assert requests.get(events, cookies={"desk_session": doctor}, timeout=10).status_code == 403


def test_only_our_own_pages_may_listen(events, token):
    def asked_from(origin: str) -> requests.Response:
        return requests.get(
            events, cookies={"desk_session": token}, headers={"Origin": origin}, timeout=10, stream=True
        )

    own, foreign = asked_from(OWN_ORIGIN), asked_from("https://evil.example")

    assert own.headers["Access-Control-Allow-Origin"] == OWN_ORIGIN
    assert own.headers["Access-Control-Allow-Credentials"] == "true"
    assert own.headers["Content-Type"].startswith("text/event-stream")
    own.close()
    assert foreign.status_code == 403
    assert "Access-Control-Allow-Origin" not in foreign.headers


def test_a_revoked_session_ends_the_stream(app, events, token, as_administrator):
    with _listening(events, token) as lines:
        session_id = sign_in_of(token).actor.session_id
        with as_administrator() as connection:
            connection.execute(
                text("INSERT INTO identity.session_end VALUES (:id, :at, 'revoked')"),
                {"id": session_id, "at": now()},
            )
        rest = list(lines)

    assert "event: ended" in rest


def test_an_answer_names_no_product_and_no_header_moves_it(events):
    home = events.removesuffix("/dispatch/events")

    answer = requests.get(
        f"{home}/healthz", headers={"SCRIPT_NAME": "/healthz", "SCRIPT-NAME": "/x"}, timeout=10
    )

    assert (answer.status_code, answer.headers["Server"]) == (200, "web")


@contextlib.contextmanager
def _listening(address: str, token: str) -> Iterator[Iterator[str]]:
    answer = requests.get(address, cookies={"desk_session": token}, stream=True, timeout=30)
    try:
        assert answer.status_code == 200
        lines = answer.iter_lines(chunk_size=1, decode_unicode=True)
        _until(lines, ": listening")
        yield lines
    finally:
        answer.close()


def _next_data(lines: Iterator[str], *, about: str) -> str:
    return _until(lines, f"data: {about}")[-1]


def _until(lines: Iterator[str], wanted: str) -> list[str]:
    heard = []
    for line in lines:
        heard.append(line)
        if line == wanted:
            return heard
    raise AssertionError(f"{wanted!r} was never said, only {heard}")
