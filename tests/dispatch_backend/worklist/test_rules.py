"""What is to be done next, and places in the queue."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from dispatch_backend.referrals.enumerations import State
from dispatch_backend.services.rules.terms import DeadlineStatus
from dispatch_backend.worklist.queries.queue_cursor import Cursor, parse_queue_cursor
from dispatch_backend.worklist.rules import Deadline, NextStep, next_step
from foundation.errors import BadInput

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_next_step_after_the_visit_is_its_outcome():
    assert next_step(State.BOOKED, visit_ends_at=NOON, at=NOON - timedelta(hours=1)) is NextStep.AWAIT_VISIT
    assert next_step(State.BOOKED, visit_ends_at=NOON, at=NOON) is NextStep.RECORD_OUTCOME


@pytest.mark.parametrize(("booked", "words"), [(False, "overdue today"), (True, "visit later than the term")])
def test_a_term_of_hours_that_is_broken_on_its_own_day_is_told_without_a_number_of_days(app, booked, words):
    with app.test_request_context(headers={"Accept-Language": "en"}):
        tags = app.jinja_env.get_template("dispatch_backend/worklist/tags.html").make_module()
        told = str(tags.deadline_tag(Deadline(DeadlineStatus.OVERDUE, 0, booked=booked)))

    assert words in told


def test_a_place_in_the_queue_survives_the_address():
    place = Cursor(NOON, 1, 0.1 + 0.2, UUID(int=7))

    assert parse_queue_cursor(str(place)) == place
    assert parse_queue_cursor("") is None


@pytest.mark.parametrize(
    "text", ["x", "~~~", f"2026-03-02~1~0.3~{UUID(int=7)}", f"{NOON}~7~0.3~{UUID(int=7)}"]
)
def test_an_address_that_we_did_not_write_is_bad_input(text):
    with pytest.raises(BadInput):
        parse_queue_cursor(text)
