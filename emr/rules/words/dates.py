"""FHIR dates in words, with no more precision than they were written with."""

from collections.abc import Mapping
from datetime import date, tzinfo

from emr.rules.moments import MOMENT, moment_of
from emr.rules.words import NOTHING, Words, as_written

MONTHS_EN = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
MONTHS_RU = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
MONTHS_ALONE_RU = [
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
]


def date_words(written: object, *, zone: tzinfo) -> Words:
    """2026; May 2026; 3 May 2026; 3 May 2026, 14:05 (in the region's zone). What is no date as it was written."""
    seen = as_written(written)
    found = MOMENT.fullmatch(seen)
    moment = moment_of(seen, zone=zone)
    if found is None or moment is None:
        return Words(seen, seen)
    local = moment.astimezone(zone)
    if found["month"] is None:
        return Words(found["year"], f"{found['year']} г.")
    if found["day"] is None:
        return Words(
            f"{MONTHS_EN[local.month - 1]} {local.year}",
            f"{MONTHS_ALONE_RU[local.month - 1]} {local.year} г.",
        )
    day = day_words(local.date())
    return Words(*(f"{text}, {local:%H:%M}" for text in day)) if found["hour"] else day


def day_words(day: date) -> Words:
    """3 May 2026."""
    return Words(
        f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}",
        f"{day.day} {MONTHS_RU[day.month - 1]} {day.year} г.",
    )


def period_words(period: object, *, zone: tzinfo) -> Words:
    """From when until when; one day is named once."""
    if not isinstance(period, Mapping):
        return NOTHING
    start, end = (date_words(period.get(name), zone=zone) for name in ("start", "end"))
    if start and end and start != end:
        return Words(f"{start.en} to {end.en}", f"{start.ru} – {end.ru}")
    return start or (Words(f"until {end.en}", f"до {end.ru}") if end else NOTHING)
