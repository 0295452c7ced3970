"""What a proof answers is told from days alone, and what became of bookings from their rows."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.proofs.enumerations import Answer, Became
from dispatch_backend.proofs.rules import became_of, moved_bookings, verdict_of, waited_of
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.rules.terms import LegalEnd

ZONE = timezone(timedelta(hours=5))
DUE = date(2026, 3, 20)
MIDNIGHT = datetime(2026, 3, 21, tzinfo=ZONE)
ON_DUE, BEFORE, AFTER = (MIDNIGHT + timedelta(hours=each) for each in (-1, -40, 60))
HALF_AN_HOUR = timedelta(minutes=30)


def verdict(state, *, visit=None, ended_at=None, at, due_at=MIDNIGHT):
    return verdict_of(
        state,
        due=LegalEnd(DUE, due_at),
        visit=(visit, visit + HALF_AN_HOUR) if visit else None,
        ended_at=ended_at,
        at=at,
        zone=ZONE,
    )


@pytest.mark.parametrize(
    ("state", "visit", "ended_at", "at", "answer", "days_late"),
    [
        (State.SERVED, ON_DUE, AFTER, AFTER, Answer.KEPT, 0),
        (State.SERVED, AFTER, AFTER, AFTER, Answer.SERVED_LATE, 3),
        (State.SERVED, MIDNIGHT, AFTER, AFTER, Answer.SERVED_LATE, 1),
        (State.SERVED, None, AFTER, AFTER, Answer.SERVED_LATE, 3),
        (State.BOOKED, ON_DUE, None, BEFORE, Answer.BOOKED_IN_TIME, 0),
        (State.BOOKED, AFTER, None, BEFORE, Answer.BOOKED_LATE, 3),
        (State.BOOKED, ON_DUE, None, AFTER, Answer.UNRECORDED, 0),
        (State.SUBMITTED, None, None, ON_DUE, Answer.RUNNING, 0),
        (State.SUBMITTED, None, None, AFTER, Answer.OVERDUE, 3),
        (State.NO_SHOW, None, None, BEFORE, Answer.RUNNING, 0),
        (State.NO_SHOW, None, None, AFTER, Answer.OVERDUE, 3),
        (State.REVOKED, None, ON_DUE, AFTER, Answer.REVOKED_IN_TIME, 0),
        (State.REVOKED, None, AFTER, AFTER, Answer.REVOKED_LATE, 3),
    ],
)
def test_the_answer_follows_from_the_moment_that_counts(state, visit, ended_at, at, answer, days_late):
    found = verdict(state, visit=visit, ended_at=ended_at, at=at)

    assert (found.answer, found.days_late, found.late) == (answer, days_late, days_late > 0)


def test_a_term_of_hours_is_broken_on_the_same_day():
    two_hours_before = MIDNIGHT - timedelta(hours=2)

    found = verdict(State.SUBMITTED, at=ON_DUE, due_at=two_hours_before)

    assert (found.answer, found.late, found.days_late) == (Answer.OVERDUE, True, 0)


def test_waiting_is_counted_in_calendar_days_of_the_region_and_in_the_share_of_the_term():
    sent = datetime(2026, 3, 10, 20, tzinfo=UTC)
    zone = datetime(2026, 1, 1, tzinfo=UTC).tzinfo

    waited = waited_of(
        submitted_at=sent, due_at=sent + timedelta(days=10), until=sent + timedelta(days=5), zone=zone
    )

    assert (waited.days, waited.share) == (5, 0.5)


AT = datetime(2026, 3, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("outcome", "cancelled", "moved", "ends_at", "became"),
    [
        (None, False, False, AT + timedelta(hours=1), Became.AHEAD),
        (None, False, False, AT, Became.UNRECORDED),
        (Outcome.SERVED, False, False, AT, Became.SERVED),
        (Outcome.NO_SHOW, False, False, AT, Became.MISSED),
        (None, True, False, AT, Became.CANCELLED),
        (None, True, True, AT, Became.MOVED),
    ],
)
def test_what_became_of_a_booking(outcome, cancelled, moved, ends_at, became):
    told = became_of(outcome=outcome, cancelled=cancelled, moved=moved, ends_at=ends_at, at=AT)

    assert told is became


def test_a_booking_was_moved_where_the_next_took_its_place():
    acts = [Act.SENT, Act.BOOKED, Act.REBOOKED, Act.BOOKING_CANCELLED, Act.BOOKED]

    assert moved_bookings(acts, bookings=3) == [True, False, False]


def test_where_bookings_and_events_differ_no_move_is_told():
    assert moved_bookings([Act.SENT, Act.BOOKED, Act.REBOOKED], bookings=1) == [False]
