"""A citizen who offers a right, and one to whom it is offered."""

import pytest
from sqlalchemy import Engine, event

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
