"""What a proof answers is told from days alone, and what became of bookings from their rows."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.proofs.enumerations import Answer, Became
from dispatch_backend.proofs.rules import Verdict, became_of, moved_bookings, verdict_of, waited_of
from dispatch_backend.referrals.enumerations import Act, State

DUE = date(2026, 3, 20)
ON_DUE, BEFORE, AFTER = DUE, DUE - timedelta(days=2), DUE + timedelta(days=3)


@pytest.mark.parametrize(
    ("state", "visit_on", "over", "ended_on", "today", "answer", "days_late"),
    [
        (State.SERVED, ON_DUE, True, AFTER, AFTER, Answer.KEPT, 0),
        (State.SERVED, AFTER, True, AFTER, AFTER, Answer.SERVED_LATE, 3),
        (State.SERVED, None, False, AFTER, AFTER, Answer.SERVED_LATE, 3),
        (State.BOOKED, ON_DUE, False, None, BEFORE, Answer.BOOKED_IN_TIME, 0),
        (State.BOOKED, AFTER, False, None, BEFORE, Answer.BOOKED_LATE, 3),
        (State.BOOKED, ON_DUE, True, None, AFTER, Answer.UNRECORDED, 0),
        (State.SUBMITTED, None, False, None, ON_DUE, Answer.RUNNING, 0),
        (State.SUBMITTED, None, False, None, AFTER, Answer.OVERDUE, 3),
        (State.NO_SHOW, None, False, None, BEFORE, Answer.RUNNING, -2),
        (State.NO_SHOW, None, False, None, AFTER, Answer.OVERDUE, 3),
        (State.REVOKED, None, False, ON_DUE, AFTER, Answer.REVOKED_IN_TIME, 0),
        (State.REVOKED, None, False, AFTER, AFTER, Answer.REVOKED_LATE, 3),
    ],
)
def test_the_answer_follows_from_the_day_that_counts(
    state, visit_on, over, ended_on, today, answer, days_late
):
    verdict = verdict_of(
        state, due_on=DUE, visit_on=visit_on, visit_over=over, ended_on=ended_on, today=today
    )

    assert (verdict.answer, verdict.days_late) == (answer, days_late)
    assert verdict == Verdict(answer, verdict.on, (verdict.on - DUE).days)


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
