"""Several questions in one statement: made once, asked by many, each for themselves."""

import pytest
from sqlalchemy import bindparam, func, literal, select

from foundation.audit import AuditEvent
from foundation.clock import now
from foundation.database import reading
from foundation.database.reading import Reading
from foundation.identifiers import new_id
from identity.access import queries as access


def _own_acts(session, **values):
    return {
        "acts": select(AuditEvent.act).where(access.readable_by(session, AuditEvent.patient_id)),
        "values": select(
            *(
                literal(value) if not hasattr(value, "type") else value.label(name)
                for name, value in values.items()
            )
        ),
    }


@pytest.fixture
def asked():
    """A reading, and how often its selects were made."""
    made = []

    def make(session, *shape, **values):
        made.append(shape)
        return _own_acts(session, **values)

    return Reading(make), made


def test_one_statement_serves_everybody_with_their_own(asked, as_actor, people):
    question, made = asked
    for patient in (people.patient(), people.patient()):
        with as_actor(patient.actor) as session:
            answer = question.ask(session, word="x")
            (registered,) = answer.acts
            assert registered.act == "patient.registered"
            assert session.scalar(select(func.count()).select_from(AuditEvent)) == 1
    assert made == [()]


def test_values_come_back_as_what_they_were(asked, as_actor, people):
    question, _made = asked
    values = {"word": "o'dd %s ;", "moment": now(), "key": new_id(), "share": 0.1 + 0.2, "number": 2**40}

    with as_actor(people.patient().actor) as session:
        (row,) = question.ask(session, **values).values

    assert row._asdict() == values


def test_another_shape_and_another_kind_of_actor_are_other_statements(asked, as_actor, people):
    question, made = asked
    with as_actor(people.patient().actor) as session:
        question.ask(session, "narrow", word="x")
        question.ask(session, "wide", word="x")
    with as_actor(people.doctor().actor) as session:
        assert question.ask(session, "wide", word="x").acts == []
    assert made == [("narrow",), ("wide",), ("wide",)]


def test_shapes_are_not_kept_without_end(asked, as_actor, people, monkeypatch):
    question, made = asked
    monkeypatch.setattr(reading, "MOST_SHAPES", 2)
    with as_actor(people.patient().actor) as session:
        for shape in ("a", "b", "c", "c", "a"):
            question.ask(session, shape, word="x")
    assert made == [("a",), ("b",), ("c",), ("a",)]


def test_a_statement_is_not_made_with_the_values_of_the_first_who_asks(asked):
    placeholder = reading._placeholder("word", "secret")
    assert placeholder.value is None
    assert isinstance(placeholder, type(bindparam("x")))
