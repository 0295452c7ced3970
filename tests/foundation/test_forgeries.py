"""What somebody who runs SQL of their own as center_web can still not do to the answers that were given."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.idempotency import answer_of, once
from foundation.identifiers import new_id

KEEP = (
    "INSERT INTO foundation.idempotency_key (account_id, key, body_sha256, answer, used_at) "
    "VALUES (foundation.actor_account(), :key, 'x', {answer}, {at})"
)


@pytest.fixture
def answered(as_actor, people, key):
    person, answer = people.patient().actor, new_id()
    with as_actor(person) as session:
        once(session, key=key, body={"a": 1}, act=lambda: answer)
    return person, answer


@pytest.mark.parametrize(
    "change",
    [
        "answer = gen_random_uuid()",
        "answer = NULL",
        "answer = answer",
        "body_sha256 = 'x'",
        "used_at = now()",
        "key = key || 'x'",
        "account_id = gen_random_uuid()",
    ],
)
def test_an_answer_that_was_given_stands(as_actor, answered, key, change):
    person, answer = answered

    with pytest.raises(DBAPIError), as_actor(person) as session:
        session.execute(
            text(f"UPDATE foundation.idempotency_key SET {change} WHERE key = :key"), {"key": key}
        )

    with as_actor(person) as session:
        assert answer_of(session, key=key, body={"a": 1}) == answer


@pytest.mark.parametrize(
    "forged",
    [
        {"answer": "gen_random_uuid()", "at": "now()"},
        {"answer": "NULL", "at": "timestamptz '2001-01-01 00:00+00'"},
        {"answer": "NULL", "at": "now() + interval '1 day'"},
    ],
)
def test_an_answer_is_given_by_the_request_that_took_the_key(as_actor, people, key, forged):
    with pytest.raises(DBAPIError), as_actor(people.patient().actor) as session:
        session.execute(text(KEEP.format(**forged)), {"key": key})


def test_a_key_that_was_taken_before_is_not_answered_later(as_actor, people, key):
    person = people.patient().actor
    with as_actor(person) as session:
        session.execute(text(KEEP.format(answer="NULL", at="now()")), {"key": key})

    with pytest.raises(DBAPIError), as_actor(person) as session:
        session.execute(
            text("UPDATE foundation.idempotency_key SET answer = gen_random_uuid() WHERE key = :key"),
            {"key": key},
        )


def test_nobody_answers_for_another(as_actor, people, answered, key):
    with as_actor(people.patient().actor) as session:
        changed = session.execute(
            text("UPDATE foundation.idempotency_key SET answer = gen_random_uuid() WHERE key = :key"),
            {"key": key},
        )
        assert changed.rowcount == 0
