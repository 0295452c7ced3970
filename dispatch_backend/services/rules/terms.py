"""Legal waiting terms: the last day, and how much of the term is used up. The terms themselves are data."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from dispatch_backend.services.rules.calendar import after_working_days

ONE_DAY = timedelta(days=1)
# From here on a booking is pressing: what remains must also hold the search for a slot and the journey.
SOON = 0.7


class TermUnit(StrEnum):
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class DeadlineStatus(StrEnum):
    IN_TIME = "in_time"
    SOON = "soon"
    OVERDUE = "overdue"


WorkingDays = Callable[[date, int], date]


def due_date(
    sent_on: date, *, length: int, unit: TermUnit, working_days: WorkingDays = after_working_days
) -> date:
    """The last day on which the service is still given in time; the day of sending does not count."""
    if unit is TermUnit.WORKING_DAYS:
        return working_days(sent_on, length)
    return sent_on + length * ONE_DAY


def end_of(day: date, zone: tzinfo) -> datetime:
    """The midnight that ends the day in the region."""
    return datetime.combine(day + ONE_DAY, time.min, zone)


def used_share(*, submitted_at: datetime, due_at: datetime, at: datetime) -> float:
    """How much of the referral's own legal term is used: 0 at sending, 1 when it is broken, and on above 1."""
    return (at - submitted_at) / (due_at - submitted_at)


def deadline_status(share: float) -> DeadlineStatus:
    if share >= 1:
        return DeadlineStatus.OVERDUE
    return DeadlineStatus.SOON if share >= SOON else DeadlineStatus.IN_TIME
