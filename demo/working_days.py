"""The days on which the demo's facilities work: those of the calendar that comes along with the service."""

from datetime import date
from functools import cache

from dispatch_backend.calendar import rules
from dispatch_backend.calendar.rules import ONE_DAY, WorkingDays
from dispatch_backend.services.actions import calendar_rows

__all__ = ["ONE_DAY", "is_working_day"]


def is_working_day(day: date) -> bool:
    return rules.is_working_day(day, _told())


@cache
def _told() -> WorkingDays:
    return {row["day"]: row["working"] for row in calendar_rows()}
