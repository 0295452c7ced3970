"""Legal waiting terms: the last day, and how much of the term is used up. The terms themselves are data."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import NamedTuple

from dispatch_backend.calendar.rules import AS_THEIR_WEEKDAY, WorkingDays, after_working_days

ONE_DAY = timedelta(days=1)
# The end of a day is the beginning of the next: what ends there ends on the day before.
SHORTEST = timedelta(microseconds=1)
# From here on a booking is pressing: what remains must also hold the search for a slot and the journey.
SOON = 0.7


class TermUnit(StrEnum):
    HOURS = "hours"
    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class DeadlineStatus(StrEnum):
    IN_TIME = "in_time"
    SOON = "soon"
    OVERDUE = "overdue"


class LegalEnd(NamedTuple):
    """The legal day, and the moment at which it is over: its midnight in the region, or sooner where the term is of hours."""

    due_on: date
    due_at: datetime


def legal_end(
    sent_at: datetime, *, length: int, unit: TermUnit, zone: tzinfo, told: WorkingDays = AS_THEIR_WEEKDAY
) -> LegalEnd:
    """When a term that begins with the sending ends; dispatch.legal_end reckons the same in the database.

    Args:
        zone: the region's.
        told: what the calendar tells of days.
    """
    if unit is TermUnit.HOURS:
        # In UTC, where every hour is one.
        due_at = sent_at.astimezone(UTC) + timedelta(hours=length)
        return LegalEnd((due_at - SHORTEST).astimezone(zone).date(), due_at)
    due_on = due_date(sent_at.astimezone(zone).date(), length=length, unit=unit, told=told)
    return LegalEnd(due_on, end_of(due_on, zone))


def due_date(sent_on: date, *, length: int, unit: TermUnit, told: WorkingDays = AS_THEIR_WEEKDAY) -> date:
    """The last day on which the service is still given in time, by a term of days; the day of sending does not count."""
    if unit is TermUnit.WORKING_DAYS:
        return after_working_days(sent_on, length, told)
    return sent_on + length * ONE_DAY


def end_of(day: date, zone: tzinfo) -> datetime:
    """The midnight that ends the day in the region."""
    return datetime.combine(day + ONE_DAY, time.min, zone)


def days_waited(submitted_at: datetime, until: datetime, zone: tzinfo) -> int:
    """How many days of the region's calendar lie between the sending and that moment."""
    return (until.astimezone(zone).date() - submitted_at.astimezone(zone).date()).days


def used_share(*, submitted_at: datetime, due_at: datetime, at: datetime) -> float:
    """How much of the referral's own legal term is used: 0 at sending, 1 when it is broken, and on above 1."""
    return (at - submitted_at) / (due_at - submitted_at)


def deadline_status(share: float) -> DeadlineStatus:
    if share >= 1:
        return DeadlineStatus.OVERDUE
    return DeadlineStatus.SOON if share >= SOON else DeadlineStatus.IN_TIME
