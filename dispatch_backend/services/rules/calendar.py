"""Working days of the Russian production calendar, moved days included."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache, lru_cache

from holidays import HolidayBase, country_holidays

ONE_DAY = timedelta(days=1)

# Days that an official act moved after the library was released: True makes a working day.
NO_CORRECTIONS: Mapping[date, bool] = {}


def is_working_day(day: date, corrections: Mapping[date, bool] = NO_CORRECTIONS) -> bool:
    """Whether facilities work on that day."""
    if day in corrections:
        return corrections[day]
    return _works_on(day)


def after_working_days(start: date, count: int, corrections: Mapping[date, bool] = NO_CORRECTIONS) -> date:
    """The day that many working days after `start`, which itself does not count."""
    day = start
    while count > 0:
        day += ONE_DAY
        count -= is_working_day(day, corrections)
    return day


# Forty years: the library looks several things up for each day, and a region asks for the same few hundred.
@lru_cache(maxsize=15_000)
def _works_on(day: date) -> bool:
    return bool(_calendar(day.year).is_working_day(day))


@cache
def _calendar(year: int) -> HolidayBase:
    # One closed calendar a year: a growing one, shared by threads, could be read half-filled.
    return country_holidays("RU", years=[year], expand=False)
