"""A statement that is planned once: what it answers, what it says when it fails, and what a rollback takes back."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, OperationalError

from foundation.actor import Actor
from foundation.database import process_engines
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.transactions import transaction
from foundation.postgres.roles import WEB

HALF = PreparedStatement("SELECT %(whole)s / 2, %(by)s::text", {"whole": "int", "by": "text"})
DIVIDED = PreparedStatement("SELECT 1 / %(by)s", {"by": "int"})
KEPT = PreparedStatement("SELECT set_config('app.actor_kind', %(kind)s, true)", {"kind": "text"})
ENDED = PreparedStatement("SELECT pg_terminate_backend(pg_backend_pid())", {})
NOBODY = Actor.anonymous()


@pytest.fixture
def engine(postgres):
    made = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    yield made
    made.dispose()


def test_it_is_asked_again_with_other_values(engine):
    for whole, half in ((4, 2), (10, 5)):
        with transaction(NOBODY, on=engine) as session:
            assert HALF.rows(session.connection(), (whole, "100 % o'clock")) == [(half, "100 % o'clock")]


def test_a_fault_is_told_as_sqlalchemy_tells_it_and_the_connection_serves_on(engine):
    with pytest.raises(DataError, match="SQLSTATE 22012"), transaction(NOBODY, on=engine) as session:
        DIVIDED.rows(session.connection(), (0,))

    with transaction(NOBODY, on=engine) as session:
        assert DIVIDED.rows(session.connection(), (1,)) == [(1,)]


def test_a_connection_that_was_ended_is_not_given_to_the_next(engine):
    with engine.connect() as connection, pytest.raises(OperationalError):
        ENDED.rows(connection, ())

    with engine.connect() as connection:
        assert HALF.rows(connection, (2, "")) == [(1, "")]


def test_what_waited_behind_a_fault_in_a_savepoint_is_planned_again(engine):
    with transaction(NOBODY, on=engine) as session:
        with pytest.raises(DataError), session.begin_nested():
            DIVIDED.send_with_next(session.connection(), (0,))
            KEPT.send_with_next(session.connection(), ("citizen",))
            HALF.rows(session.connection(), (2, ""))
        KEPT.send_with_next(session.connection(), ("staff",))
        assert session.scalar(text("SELECT current_setting('app.actor_kind')")) == "staff"


def test_what_was_never_sent_is_planned_again(engine):
    with pytest.raises(KeyError), transaction(NOBODY, on=engine) as session:
        KEPT.send_with_next(session.connection(), ("citizen",))
        raise KeyError

    with transaction(NOBODY, on=engine) as session:
        KEPT.send_with_next(session.connection(), ("staff",))
        assert session.scalar(text("SELECT current_setting('app.actor_kind')")) == "staff"
