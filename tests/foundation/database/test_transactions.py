"""One transaction, one actor: the context reaches the first statement and never the next person's."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

from foundation.actor import Actor, ActorKind
from foundation.database import process_engines, transactions
from foundation.database.prepared_statement import PreparedStatement
from foundation.errors import Busy
from foundation.identifiers import new_id
from foundation.postgres.roles import WEB
from tests.wire import Wire, statements_in

LAST_WORD = PreparedStatement("SELECT %(word)s", {"word": "text"})
DIVIDED_BY_NOTHING = PreparedStatement("SELECT 1 / 0", {})
WHO = text("SELECT foundation.actor_patient(), foundation.actor_kind()")


def citizen() -> Actor:
    return Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=new_id(), role="patient")


def test_the_first_statement_already_knows_the_actor(as_actor):
    person = citizen()

    with as_actor(person) as session:
        assert session.execute(WHO).one() == (person.patient_id, "citizen")


def test_nobody_else_takes_over_a_session(as_actor):
    with as_actor(citizen()) as session, pytest.raises(AttributeError):
        session.actor = citizen()


def test_the_context_does_not_outlive_its_transaction(postgres):
    only_one = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    with transactions.transaction(citizen(), on=only_one) as session:
        session.execute(WHO)

    with only_one.connect() as connection:
        assert connection.execute(WHO).one() == (None, None)
    only_one.dispose()


def test_a_context_without_a_statement_is_not_left_for_the_next(postgres):
    only_one = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    stranger = citizen()
    with transactions.transaction(stranger, on=only_one) as session:
        session.connection()

    with transactions.transaction(Actor.anonymous(), on=only_one) as session:
        assert session.execute(WHO).one() == (None, "anonymous")
    only_one.dispose()


def test_a_value_that_cannot_be_written_down_does_not_lose_the_context(as_actor):
    person = citizen()
    with as_actor(person) as session:
        with pytest.raises(ValueError, match="NUL"):
            session.execute(text("SELECT :word"), {"word": "\x00"})

        assert session.execute(WHO).one() == (person.patient_id, "citizen")


def test_a_quote_in_a_role_stays_text(as_actor):
    with as_actor(Actor(ActorKind.STAFF, role="o'dd%(x)s")) as session:
        assert session.execute(text("SELECT foundation.actor_role()")).scalar_one() == "o'dd%(x)s"


def test_a_failed_transaction_leaves_nothing(as_loader, as_worker):
    message = new_id()
    insert = text("INSERT INTO foundation.outbox_message VALUES (:id, 'never', '{}', now(), 'infinity', 0)")
    count = text("SELECT count(*) FROM foundation.outbox_message WHERE id = :id")

    with pytest.raises(ZeroDivisionError), as_loader() as session:
        session.execute(insert, {"id": message})
        raise ZeroDivisionError

    with as_worker() as session:
        assert session.execute(count, {"id": message}).scalar_one() == 0


def test_an_unreachable_database_is_busy_not_broken():
    nowhere = process_engines.make_engine("postgresql://center_web:x@127.0.0.1:1/center", pool_size=1)

    with pytest.raises(Busy), transactions.transaction(Actor.anonymous(), on=nowhere) as session:
        session.execute(WHO)


def test_what_is_sent_along_is_written_without_a_round_trip_of_its_own(postgres):
    wire = Wire(postgres)
    engine = process_engines.make_engine(wire.address.url(WEB), pool_size=1)
    with transactions.transaction(citizen(), on=engine) as session:
        session.execute(WHO)
    wire.round_trips.clear()

    with transactions.transaction(citizen(), on=engine) as session:
        session.execute(WHO)
        LAST_WORD.send_with_next(session.connection(), ["last ;"])

    beginning, end = (statements_in([each]) for each in wire.round_trips)
    assert [each.split("(")[0] for each in beginning] == [
        "BEGIN",
        f"EXECUTE {_prepared(wire, 'set_config')}",
        "SELECT foundation.actor_patient",
    ]
    assert end[1:] == [f"EXECUTE {_prepared(wire, 'AS SELECT $1')}('last ;')", "COMMIT"]
    engine.dispose()
    wire.close()


def _prepared(wire: Wire, what: str) -> str:
    """The name of the one prepared statement whose text holds this."""
    (name,) = [each.partition("(")[0] for each, told in wire.prepared.items() if what in told]
    return name


def test_a_connection_whose_commit_failed_is_whole_again(postgres):
    engine = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    with pytest.raises(DataError), transactions.transaction(citizen(), on=engine) as session:
        DIVIDED_BY_NOTHING.send_with_next(session.connection(), [])

    person = citizen()
    with transactions.transaction(person, on=engine) as session:
        assert session.execute(WHO).one() == (person.patient_id, "citizen")
    engine.dispose()
