"""What a patient has to expect of a referral: told from its state, its days and its visit, and from nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from dispatch_backend.referrals.enumerations import BOOKABLE, State

# When it begins, and when it ends.
Visit = tuple[datetime, datetime]


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
    """`days_late` counts the days after the legal one: until today where no time is found, until the visit where one is.

    None of them where a term of hours is broken on its own day.
    """

    outlook: Outlook
    days_late: int = 0


def prospect_of(
    state: State,
    *,
    due_on: date,
    due_at: datetime,
    visit: Visit | None,
    at: datetime,
    bed_needed_now: bool = False,
) -> Prospect:
    """How an open or closed referral stands at that moment. The moments are those of the region's clocks.

    Args:
        due_on: the last day on which the law is kept.
        due_at: when that day is over, or sooner by a term of hours: what begins then is late.
        visit: where a booking stands, when it begins and ends.
        bed_needed_now: whether hospitals are called for a bed.
    """
    if state in BOOKABLE:
        if at >= due_at:
            return Prospect(Outlook.OVERDUE, (at.date() - due_on).days)
        if bed_needed_now:
            return Prospect(Outlook.BED_AWAITED)
        return Prospect(Outlook.WAITING if state is State.SUBMITTED else Outlook.MISSED)
    if state is not State.BOOKED or visit is None:
        return Prospect(Outlook(state.value))
    starts_at, ends_at = visit
    if ends_at <= at:
        return Prospect(Outlook.UNRECORDED)
    if starts_at >= due_at:
        return Prospect(Outlook.BOOKED_LATE, (starts_at.date() - due_on).days)
    return Prospect(Outlook.BOOKED)
