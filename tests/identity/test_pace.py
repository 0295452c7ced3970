"""Who tries to sign in too often from one address waits a minute; everybody else does not."""

from datetime import UTC, datetime, timedelta

import pytest

from foundation.errors import TooOften
from identity.routes.pace import FAILURES, Pace

AT = datetime(2026, 5, 3, 9, 0, tzinfo=UTC)


def tried(pace: Pace, address: str, *, at: datetime = AT) -> None:
    pace.require(address, at=at)
    pace.note(address, at=at)


def test_a_minute_later_it_may_be_tried_again():
    pace = Pace(2)
    tried(pace, "192.0.2.1")
    tried(pace, "192.0.2.1", at=AT + timedelta(seconds=59))

    with pytest.raises(TooOften):
        tried(pace, "192.0.2.1", at=AT + timedelta(seconds=59))
    tried(pace, "192.0.2.1", at=AT + timedelta(seconds=60))


def test_one_address_does_not_slow_another():
    pace = Pace(1)
    tried(pace, "192.0.2.1")

    tried(pace, "192.0.2.2")


def test_without_an_address_nothing_is_counted():
    pace = Pace(1)

    for _ in range(5):
        tried(pace, "")


@pytest.fixture
def nobody_has_failed():
    """The counter of failed sign-ins belongs to the process: empty before the test, and after it."""
    FAILURES._counted.clear()
    yield
    FAILURES._counted.clear()


def test_failed_returns_from_one_address_are_answered_with_a_pause(client, nobody_has_failed):
    from_there = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7"}
    answers = [client.get("/sign-in/demo/callback?state=x", headers=from_there) for _ in range(25)]
    # Whatever stands before the last address was written by the visitor.
    forged = client.get(
        "/sign-in/demo/callback?state=x", headers={"X-Forwarded-For": "203.0.113.10, 198.51.100.7"}
    )
    elsewhere = client.get("/sign-in/demo/callback?state=x", headers={"X-Forwarded-For": "198.51.100.8"})

    assert [answer.status_code for answer in answers].count(429) == 5
    assert answers[-1].headers["Retry-After"] == "60"
    assert (forged.status_code, elsewhere.status_code) == (429, answers[0].status_code)
