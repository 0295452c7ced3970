"""What has to be done next with an open referral."""

from datetime import datetime
from enum import StrEnum

from dispatch_backend.referrals.enumerations import State


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
