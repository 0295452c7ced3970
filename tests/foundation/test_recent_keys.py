"""Memory of what is written: only what was committed, and only so much of it."""

import pytest
from sqlalchemy import text

from foundation.actor import Actor
from foundation.database.transactions import ActorSession
from foundation.postgres.roles import WEB
from foundation.recent_keys import RecentKeys


@pytest.fixture
def session(engines):
    with ActorSession(engines[WEB], Actor.anonymous()) as opened:
        opened.execute(text("SELECT 1"))
        yield opened


def test_a_key_is_held_from_the_commit_on(session):
    written = RecentKeys(capacity=10)

    written.add_after_commit(session, ["a", "b"])
    before = written.contains("a")
    session.commit()

    assert not before
    assert written.contains("a")
    assert written.contains("b")
    assert not written.contains("c")


def test_what_is_rolled_back_is_not_held(session):
    written = RecentKeys(capacity=10)

    written.add_after_commit(session, ["a"])
    session.rollback()

    assert not written.contains("a")


def test_the_end_of_a_savepoint_is_no_commit(session):
    written = RecentKeys(capacity=10)

    written.add_after_commit(session, ["a"])
    with session.begin_nested():
        session.execute(text("SELECT 1"))
    session.rollback()

    assert not written.contains("a")


def test_the_oldest_is_forgotten(session):
    written = RecentKeys(capacity=2)

    written.add_after_commit(session, ["a", "b", "c"])
    session.commit()

    assert [written.contains(key) for key in "abc"] == [False, True, True]
