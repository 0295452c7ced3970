"""How a day is written in each language, in the words of Unicode's CLDR: the one place that says it.

A year and the sign of years behind it never part at the end of a line.
"""

from datetime import date
from enum import StrEnum
from functools import lru_cache

from babel.dates import format_date, get_month_names


class Precision(StrEnum):
    """How much of a date is known: a year is not its first of January."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    MINUTE = "minute"
    UNKNOWN = "unknown"


# Of these there is no day to tell.
LESS_THAN_A_DAY = frozenset({Precision.YEAR, Precision.MONTH, Precision.UNKNOWN})


# What a month is called in either language, in small letters and without the point of what is shortened.
MONTHS = {
    name.lower().rstrip("."): number
    for locale in ("ru", "en")
    for context in ("format", "stand-alone")
    for width in ("wide", "abbreviated")
    for number, name in get_month_names(width, context, locale).items()
}


@lru_cache(maxsize=16_384)
def written(day: date, pattern: str, locale: str) -> str:
    """Babel takes a tenth of a millisecond for a date, and a page of the record holds fifty."""
    return format_date(day, pattern, locale=locale)


def day_in(locale: str, day: date) -> str:
    """3 May 2026, 3 мая 2026 г."""
    return written(day, "d MMMM y" if locale == "en" else "d MMMM y\N{NO-BREAK SPACE}'г'.", locale)


def weekday_day_in(locale: str, day: date) -> str:
    """Sunday, 3 May 2026; воскресенье, 3 мая 2026 г."""
    return written(
        day, "EEEE, d MMMM y" if locale == "en" else "EEEE, d MMMM y\N{NO-BREAK SPACE}'г'.", locale
    )


def day_short_in(locale: str, day: date) -> str:
    """03/05/2026, 03.05.2026: for dense tables."""
    return written(day, "dd/MM/y" if locale == "en" else "dd.MM.y", locale)


def weekday_short_in(locale: str, day: date) -> str:
    """Sun, 03/05/2026; вс, 03.05.2026: for dense tables."""
    return written(day, "EEE, dd/MM/y" if locale == "en" else "EEE, dd.MM.y", locale)


def month_in(locale: str, day: date) -> str:
    """May 2026, май 2026 г."""
    return written(day, "LLLL y" if locale == "en" else "LLLL y\N{NO-BREAK SPACE}'г'.", locale)


def year_in(locale: str, day: date) -> str:
    """2026, 2026 г."""
    return written(day, "y" if locale == "en" else "y\N{NO-BREAK SPACE}'г'.", locale)
