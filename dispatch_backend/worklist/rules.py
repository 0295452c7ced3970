"""What has to be done next with an open referral, and how near its legal day is."""

from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum

from dispatch_backend.referrals.enumerations import State
from dispatch_backend.services.rules.terms import DeadlineStatus, deadline_status, used_share


class NextStep(StrEnum):
    BOOK = "book"
    BOOK_AGAIN = "book_again"
    AWAIT_VISIT = "await_visit"
    RECORD_OUTCOME = "record_outcome"
    NOTHING = "nothing"


def next_step(state: State, *, visit_ends_at: datetime | None, at: datetime) -> NextStep:
    """The next step; a booked referral asks for its outcome once the visit is over."""
    if state is State.BOOKED:
        over = visit_ends_at is not None and visit_ends_at <= at
        return NextStep.RECORD_OUTCOME if over else NextStep.AWAIT_VISIT
    return {State.SUBMITTED: NextStep.BOOK, State.NO_SHOW: NextStep.BOOK_AGAIN}.get(state, NextStep.NOTHING)


@dataclass(frozen=True, slots=True)
class Deadline:
    """How a referral stands to its legal day: now, or where it has a slot, at its visit.

    Attributes:
        days: that are left until the legal day; less than zero, by how many it is late.
    """

    status: DeadlineStatus
    days: int
    booked: bool


def deadline(
    *,
    submitted_at: datetime,
    due_on: date,
    due_at: datetime,
    visit_ends_at: datetime | None,
    at: datetime,
    zone: tzinfo,
) -> Deadline:
    """Whether the legal day is kept, and by how much.

    Args:
        due_at: the midnight that ends `due_on`.
        zone: of the region, in which days are counted.
    """
    if visit_ends_at is not None:
        late = visit_ends_at > due_at
        status = DeadlineStatus.OVERDUE if late else DeadlineStatus.IN_TIME
        return Deadline(status, _days_left(visit_ends_at, due_on, zone), booked=True)
    status = deadline_status(used_share(submitted_at=submitted_at, due_at=due_at, at=at))
    return Deadline(status, _days_left(at, due_on, zone), booked=False)


def _days_left(moment: datetime, due_on: date, zone: tzinfo) -> int:
    return (due_on - moment.astimezone(zone).date()).days
