"""Working days of the Russian production calendar, moved days included. The calendar itself is data.

Labour Code of the Russian Federation, article 112: the holidays, and that the Government moves days off each year.
dispatch.after_working_days reckons the same in the database.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

ONE_DAY = timedelta(days=1)
# What is told of days that are not, or need not be, as their weekday: whether they are worked.
WorkingDays = Mapping[date, bool]
AS_THEIR_WEEKDAY: WorkingDays = MappingProxyType({})
SATURDAY = 5


def is_working_day(day: date, told: WorkingDays = AS_THEIR_WEEKDAY) -> bool:
    """Whether facilities work on that day; one of which nothing is told is as its weekday."""
    return told.get(day, day.weekday() < SATURDAY)


def after_working_days(start: date, count: int, told: WorkingDays = AS_THEIR_WEEKDAY) -> date:
    """The day that many working days after `start`, which itself does not count."""
    day = start
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day, told)
    return day
