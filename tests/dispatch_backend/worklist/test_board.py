"""The live board: it asks for the queue by itself, which must not pass for somebody being there."""

import html
import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from foundation.clock import now
from identity.authorization import current_actor, session_cookie
from identity.roles import Role
from identity.sessions.queries.sessions import session_limits, sign_in_of


@pytest.fixture
def board(desk, client_for):
    """A dispatcher's browser whose board has been open for some minutes."""
    visitor = client_for(desk.dispatcher.actor)
    visitor.get("/dispatch")
    return visitor


@pytest.fixture
def quiet_for(app, board, as_administrator):
    """Nothing was heard from this browser for so long; returns when it was last seen."""

    def told(time: timedelta) -> datetime:
        at = now() - time
        with app.app_context(), as_administrator() as connection:
            connection.execute(
                text("UPDATE identity.session SET last_seen_at = :at WHERE id = :id"),
                {"at": at, "id": sign_in_of(token_of(board)).actor.session_id},
            )
        return at

    return told


def board_cookie(app) -> str:
    with app.app_context():
        return session_cookie(staff=True)


def token_of(visitor) -> str:
    return visitor.get_cookie(board_cookie(visitor.application)).value


def seen_at(visitor) -> datetime:
    with visitor.application.app_context():
        return sign_in_of(token_of(visitor)).last_seen_at


def test_what_the_board_asks_by_itself_is_nobody_s_presence(board, quiet_for):
    at = quiet_for(timedelta(minutes=10))

    board.get("/dispatch/queue")

    assert seen_at(board) == at


def test_a_board_that_listens_is_nobody_s_presence(app, board, quiet_for):
    at = quiet_for(timedelta(minutes=10))
    sent = {"Cookie": f"{board_cookie(app)}={token_of(board)}"}

    with app.test_request_context("/dispatch/events", headers=sent):
        assert current_actor().role == Role.DISPATCHER

    assert seen_at(board) == at


def test_what_the_board_asks_after_somebody_touched_it_is_presence(board, quiet_for):
    at = quiet_for(timedelta(minutes=10))

    board.get("/dispatch/queue", headers={"X-Attended": "1"})

    assert seen_at(board) > at


def test_a_page_that_somebody_opens_is_presence(board, quiet_for):
    at = quiet_for(timedelta(minutes=10))

    board.get("/dispatch")

    assert seen_at(board) > at


def test_a_board_that_nobody_attends_ends_with_the_session(board, quiet_for):
    quiet_for(session_limits().staff_idle + timedelta(seconds=1))

    answer = board.get("/dispatch/queue", headers={"Referer": "http://localhost/dispatch?overdue=1"})

    assert answer.status_code == 303
    # Back to the page that the script stands on, not to the piece of it that was asked for.
    assert answer.location == "/staff/sign-in?asked_for=/dispatch?overdue%3D1&why=ended"


@pytest.mark.parametrize(
    "asked", ["endpoint=x", "_method=POST", "_external=1", "_anchor=x", "_scheme=ftp", "values=x", "self=x"]
)
def test_nothing_in_the_address_changes_where_the_board_asks(board, asked):
    answer = board.get(f"/dispatch?step=book&{asked}")

    assert answer.status_code == 200
    assert page_of(answer).startswith("/dispatch/queue?")
    assert asked not in page_of(answer)


def test_the_board_asks_with_the_choices_of_its_page(board):
    asked = "step=book&priority=emergency&service=C-CARD&overdue=y"

    address = page_of(board.get(f"/dispatch?{asked}"))

    assert set(asked.split("&")) <= set(address.partition("?")[2].split("&"))


def page_of(answer) -> str:
    return html.unescape(re.search(r'data-page="([^"]*)"', answer.text)[1])
