"""Several questions in one statement: made once, asked by many, each for themselves."""

import pytest
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DataError

from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.database import combined_query, prepared_statement, process_engines
from foundation.database.combined_query import CombinedQuery, together
from foundation.database.transactions import transaction
from foundation.identifiers import new_id
from foundation.postgres.roles import WEB
from identity.access import queries as access
from identity.access.enumerations import Thing
from tests.wire import Wire, statements_in


def _own_acts(session, **values):
    return {
        "acts": select(AuditEvent.act).where(
            access.readable_by(session, Thing.ACCESS_LOG, AuditEvent.patient_id)
        ),
        "values": select(
            *(
                literal(value) if not hasattr(value, "type") else value.label(name)
                for name, value in values.items()
            )
        ),
    }


@pytest.fixture
def asked():
    """A combined query, and how often its selects were made."""
    made = []

    def make(session, *shape, **values):
        made.append(shape)
        return _own_acts(session, **values)

    return CombinedQuery(make), made


def test_one_statement_serves_everybody_with_their_own(asked, as_actor, people):
    question, made = asked
    for patient in (people.patient(), people.patient()):
        with as_actor(patient.actor) as session:
            answer = question.fetch(session, word="x")
            (registered,) = answer.acts
            assert registered.act == "patient.registered"
            assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1
    assert made == [()]


def test_a_select_that_looks_at_the_role_is_made_for_each_role(as_actor, people):
    question = CombinedQuery(lambda session: {"roles": select(literal(session.actor.role).label("role"))})

    for person in (people.doctor(), people.dispatcher()):
        with as_actor(person.actor) as session:
            assert question.fetch(session).roles[0].role == person.actor.role


def test_values_come_back_as_what_they_were(asked, as_actor, people):
    question, _made = asked
    values = {"word": "o'dd %s ;", "moment": now(), "key": new_id(), "share": 0.1 + 0.2, "number": 2**40}

    with as_actor(people.patient().actor) as session:
        (row,) = question.fetch(session, **values).values

    assert row._asdict() == values


def test_another_shape_and_another_kind_of_actor_are_other_statements(asked, as_actor, people):
    question, made = asked
    with as_actor(people.patient().actor) as session:
        question.fetch(session, "narrow", word="x")
        question.fetch(session, "wide", word="x")
    with as_actor(people.doctor().actor) as session:
        assert question.fetch(session, "wide", word="x").acts == []
    assert made == [("narrow",), ("wide",), ("wide",)]


def test_shapes_are_not_kept_without_end(asked, as_actor, people, monkeypatch):
    question, made = asked
    monkeypatch.setattr(combined_query, "MOST_SHAPES", 2)
    with as_actor(people.patient().actor) as session:
        for shape in ("a", "b", "c", "c", "a"):
            question.fetch(session, shape, word="x")
    assert made == [("a",), ("b",), ("c",), ("a",)]


def test_a_statement_is_not_made_with_the_values_of_the_first_who_asks(asked):
    placeholder = combined_query._placeholder("word", "secret")
    assert placeholder.value is None
    assert isinstance(placeholder, type(bindparam("x")))


def test_the_server_plans_a_query_once_for_a_connection(asked, postgres, people):
    question, _made = asked
    patient = people.patient()
    wire = Wire(postgres)
    engine = process_engines.make_engine(wire.address.url(WEB), pool_size=1)
    for _ in range(3):
        with transaction(patient.actor, on=engine) as session:
            assert question.fetch(session, word="o'dd %s").values[0].word == "o'dd %s"

    sent = [each.split()[0] for each in statements_in(wire.round_trips)]
    # Who asks is told by such a statement too.
    assert (sent.count("PREPARE"), sent.count("EXECUTE")) == (2, 6)
    engine.dispose()
    wire.close()


PLANS = text("SELECT count(*) FROM pg_prepared_statements")


def test_a_connection_keeps_so_many_plans_and_gives_up_the_one_asked_for_longest_ago(
    asked, postgres, people, monkeypatch
):
    question, _made = asked
    monkeypatch.setattr(prepared_statement, "MOST_PLANS", 2)
    engine = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    with transaction(people.patient().actor, on=engine) as session:
        for shape in ("a", "b", "a", "c"):
            assert question.fetch(session, shape, word="100 %").values[0].word == "100 %"
        kept = session.connection().connection.dbapi_connection.plans
        numbers = [each.statement.number for each in question._compiled_by_shape.values()]
        assert list(kept) == [numbers[0], numbers[2]]
        assert session.scalar(PLANS) == 2
    engine.dispose()


def test_odd_shapes_do_not_have_everybody_s_made_anew(asked, as_actor, people, monkeypatch):
    question, made = asked
    monkeypatch.setattr(combined_query, "MOST_SHAPES", 3)
    with as_actor(people.patient().actor) as session:
        for shape in ("a", "b", "c", "d", "b", "c", "d"):
            question.fetch(session, shape, word="x")
    assert made == [("a",), ("b",), ("c",), ("d",)]


def test_what_fails_again_and_again_leaves_no_plans_behind(postgres, people):
    division = CombinedQuery(lambda session, *, number: {"share": select((literal(1) // number).label("it"))})
    engine = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    actor = people.patient().actor
    for _ in range(3):
        with pytest.raises(DataError), transaction(actor, on=engine) as session:
            division.fetch(session, number=0)

    with transaction(actor, on=engine) as session:
        # The one that tells who asks.
        assert session.scalar(PLANS) == 1
    engine.dispose()


def test_a_query_that_failed_can_be_fetched_again(postgres, people):
    division = CombinedQuery(lambda session, *, number: {"share": select((literal(1) // number).label("it"))})
    engine = process_engines.make_engine(postgres.url(WEB), pool_size=1)
    actor = people.patient().actor
    with pytest.raises(DataError), transaction(actor, on=engine) as session:
        division.fetch(session, number=0)

    with transaction(actor, on=engine) as session:
        assert division.fetch(session, number=1).share[0].it == 1
    engine.dispose()


def test_two_parts_of_a_page_never_call_something_the_same():
    one, other = select(literal(1).label("it")), select(literal(2).label("it"))

    assert together({"places": one}, {"visits": other}) == {"places": one, "visits": other}
    with pytest.raises(ValueError, match="places"):
        together({"places": one, "visits": one}, {"places": other})
