"""What is announced is delivered after the commit, each at least once, and one failure blocks nobody."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from foundation import outbox
from foundation.actor import Actor
from foundation.clock import now
from foundation.database import transactions
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from foundation.outbox import OutboxMessage


def deliver_all(handlers, *, at=None):
    while outbox.deliver_due(handlers, at=at or now()):
        pass


def test_a_message_reaches_its_handlers_once(as_loader, worker):
    topic, heard = f"topic-{new_id()}", []
    with as_loader() as session:
        outbox.announce(session, topic, {"n": 1})

    for _ in range(2):
        deliver_all({topic: [lambda _session, payload: heard.append(payload["n"])]})

    assert heard == [1]


def test_a_handler_is_told_when_it_was_announced_however_late_it_hears(as_loader, worker):
    topic, heard, announced_after = f"topic-{new_id()}", [], now()
    with as_loader() as session:
        outbox.announce(session, topic, {"n": 1})
    announced_by = now()

    deliver_all({topic: [lambda _session, payload: heard.append(payload)]}, at=now() + timedelta(days=2))

    assert announced_after <= datetime.fromisoformat(heard[0]["announced_at"]) <= announced_by


def test_what_is_rolled_back_is_never_announced(as_loader, worker):
    topic, heard = f"topic-{new_id()}", []
    with pytest.raises(RuleBroken), as_loader() as session:
        outbox.announce(session, topic, {})
        raise RuleBroken("No.")

    deliver_all({topic: [lambda *_: heard.append(1)]})

    assert heard == []


def test_a_failing_handler_is_tried_again_later_and_blocks_nobody(as_loader, worker):
    bad, good, heard = f"bad-{new_id()}", f"good-{new_id()}", []
    with as_loader() as session:
        outbox.announce(session, bad, {})
        outbox.announce(session, good, {})

    def fail(_session, _payload):
        heard.append("tried")
        raise ValueError

    handlers = {bad: [fail], good: [lambda *_: heard.append("good")]}
    deliver_all(handlers)
    assert sorted(heard) == ["good", "tried"]

    deliver_all(handlers, at=now() + timedelta(seconds=5))
    assert heard.count("tried") == 2

    deliver_all({bad: [lambda *_: heard.append("cured")]}, at=now() + timedelta(minutes=5))
    assert heard[-1] == "cured"


def test_a_faulty_handler_of_any_kind_stops_neither_the_delivery_nor_the_counting(as_loader, worker):
    bad, good, heard = f"bad-{new_id()}", f"good-{new_id()}", []
    with as_loader() as session:
        outbox.announce(session, bad, {"patient_id": "Ivan the Secret"})
        outbox.announce(session, good, {})

    def stumble(_session, payload):
        heard.append("tried")
        return payload["patient_id"] + 1

    handlers = {bad: [stumble], good: [lambda *_: heard.append("good")]}
    deliver_all(handlers)
    deliver_all(handlers)
    assert sorted(heard) == ["good", "tried"]

    deliver_all(handlers, at=now() + timedelta(seconds=5))
    assert attempts(bad) == 2


def test_what_the_database_refuses_at_the_end_stops_nobody_else(as_loader, worker):
    bad, good, heard = f"bad-{new_id()}", f"good-{new_id()}", []
    with as_loader() as session:
        outbox.announce(session, bad, {})
        outbox.announce(session, good, {})

    def hear(session, _payload):
        session.execute(
            text(
                "CREATE TEMPORARY TABLE one (id int UNIQUE DEFERRABLE INITIALLY DEFERRED) ON COMMIT DROP; "
                "INSERT INTO one VALUES (1), (1)"
            )
        )

    deliver_all({bad: [hear], good: [lambda *_: heard.append("good")]})

    assert heard == ["good"]
    assert attempts(bad) == 1


def test_the_worker_goes_on_after_a_faulty_handler(as_loader, worker):
    bad, heard = f"bad-{new_id()}", []
    with as_loader() as session:
        outbox.announce(session, bad, {})

    def stumble(_session, _payload):
        heard.append("tried")
        raise AttributeError("Ivan the Secret")

    outbox.work({bad: [stumble]}, until=lambda: bool(heard))

    assert attempts(bad) == 1


def test_what_failed_is_told_without_its_words(as_loader, worker, told):
    topic = f"bad-{new_id()}"
    with as_loader() as session:
        outbox.announce(session, topic, {"patient_id": "Ivan the Secret"})

    def stumble(_session, payload):
        raise TypeError(payload["patient_id"])

    deliver_all({topic: [stumble]})

    line = next(line for line in told.getvalue().splitlines() if topic in line)
    assert json.loads(line)["fault"] == "TypeError"
    assert "test_outbox.py" in json.loads(line)["where"]
    assert "Secret" not in told.getvalue()


def test_a_message_that_has_failed_for_days_still_waits_ten_minutes_at_most(as_loader, worker):
    topic = f"bad-{new_id()}"
    with as_loader() as session:
        outbox.announce(session, topic, {})
    at = now()
    with transactions.transaction(Actor.system("worker")) as session:
        session.execute(update(OutboxMessage).where(OutboxMessage.topic == topic).values(attempts=1000))

    def fail(_session, _payload):
        raise ValueError

    outbox.deliver_due({topic: [fail]}, at=at)

    with transactions.transaction(Actor.system("worker")) as session:
        due = session.scalars(select(OutboxMessage.due_at).where(OutboxMessage.topic == topic)).one()
    assert due == at + timedelta(minutes=10)


def attempts(topic):
    with transactions.transaction(Actor.system("worker")) as session:
        return session.scalars(select(OutboxMessage.attempts).where(OutboxMessage.topic == topic)).one()
