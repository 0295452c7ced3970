"""A citizen who offers a right, and one to whom it is offered."""

import pytest
from sqlalchemy import Engine, event, select

from foundation.outbox import OutboxMessage
from identity.grants import actions
from tests.identity.delegations.acting import Acting
from tests.identity.grants.giving import Giving


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def giving(acting) -> Giving:
    return Giving(acting)


@pytest.fixture
def deliver(app, as_worker):
    """As the worker does: what was announced of an offer is heard, once for each time that it was announced."""

    def heard(topic, offer_id):
        with as_worker() as session:
            told = session.scalars(
                select(OutboxMessage.payload).where(
                    OutboxMessage.topic == topic, OutboxMessage.payload["object_id"].astext == offer_id
                )
            ).all()
            assert len(told) == 1
            for handler in app.extensions["handlers"][topic]:
                handler(session, told[0])

    return heard


@pytest.fixture
def most_a_day(monkeypatch) -> int:
    monkeypatch.setattr(actions, "MOST_A_DAY", 2)
    return 2


@pytest.fixture
def statements_of(engines):
    """The statements that something sends as the web, without their values."""

    def told(act):
        sent = []

        def note(_connection, _cursor, statement, *_rest):
            sent.append(statement)

        event.listen(Engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return sent

    return told
