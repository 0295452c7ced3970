"""What a patient has to expect of a referral: told from its state, its days and its visit, and from nothing else."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dispatch_backend.referrals.enumerations import BOOKABLE, State


class Outlook(StrEnum):
    """How a referral stands for its patient."""

    WAITING = "waiting"
    BED_AWAITED = "bed_awaited"
    OVERDUE = "overdue"
    BOOKED = "booked"
    BOOKED_LATE = "booked_late"
    UNRECORDED = "unrecorded"
    MISSED = "missed"
    SERVED = "served"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Prospect:
    """`days_late` counts the days after the legal one: until today where no time is found, until the visit where one is."""

    outlook: Outlook
    days_late: int = 0


def prospect_of(
    state: State,
    *,
    due_on: date,
    visit_on: date | None,
    visit_over: bool,
    today: date,
    bed_needed_now: bool = False,
) -> Prospect:
    """How an open or closed referral stands on that day.

    Args:
        due_on: the last day on which the law is kept.
        visit_on: where a booking stands, its day.
        visit_over: whether the time of that booking has passed.
        bed_needed_now: whether hospitals are called for a bed.
    """
    if state in BOOKABLE:
        late = (today - due_on).days
        if late > 0:
            return Prospect(Outlook.OVERDUE, late)
        if bed_needed_now:
            return Prospect(Outlook.BED_AWAITED)
        return Prospect(Outlook.WAITING if state is State.SUBMITTED else Outlook.MISSED)
    if state is not State.BOOKED or visit_on is None:
        return Prospect(Outlook(state.value))
    if visit_over:
        return Prospect(Outlook.UNRECORDED)
    late = (visit_on - due_on).days
    return Prospect(Outlook.BOOKED_LATE, late) if late > 0 else Prospect(Outlook.BOOKED)
