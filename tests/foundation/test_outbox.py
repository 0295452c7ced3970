"""What is announced is delivered after the commit, each at least once, and one failure blocks nobody."""

from datetime import timedelta

import pytest

from foundation import database, outbox
from foundation.clock import now
from foundation.database_roles import WORKER
from foundation.errors import RuleBroken
from foundation.identifiers import new_id


@pytest.fixture
def worker(app, postgres, monkeypatch):
    """The worker's engine stands in for the process' own while the outbox is delivered."""
    engine = database.make_engine(postgres.url(WORKER), pool_size=2)
    monkeypatch.setattr(database, "_engines", database.Engines(transactions=engine, door=engine))
    yield
    engine.dispose()


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
