"""What has to be done next with an open referral, by whom it is owned, and until when."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from dispatch_backend.referrals.rules.states import CLOSED, State

# Whoever did not come is called within this time: a missed visit is a question, not an end.
CALL_AFTER_MISSED_VISIT = timedelta(days=1)


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
class Standing:
    """Whose turn it is, and by when; nobody's once the referral is closed."""

    owner_id: UUID | None
    act_by: datetime | None


def standing(
    state: State,
    *,
    center_id: UUID,
    due_at: datetime,
    visit: tuple[UUID, datetime] | None,
    at: datetime,
) -> Standing:
    """Who owns the referral now.

    Args:
        visit: of a booked referral: the facility of its slot, and the slot's end.
    """
    if state in CLOSED:
        return Standing(None, None)
    if state is State.BOOKED and visit is not None:
        return Standing(*visit)
    if state is State.NO_SHOW:
        return Standing(center_id, at + CALL_AFTER_MISSED_VISIT)
    return Standing(center_id, due_at)
