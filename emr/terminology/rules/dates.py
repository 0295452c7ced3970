"""FHIR dates in words, with no more precision than they were written with."""

from collections.abc import Mapping
from datetime import date, tzinfo

from emr.content.rules.fhir_dates import MOMENT, moment_of
from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.phrases import NOTHING
from foundation.language.bilingual import BilingualText, bilingual
from foundation.language.dates import day_in, month_in, year_in


def date_words(written: object, *, zone: tzinfo) -> BilingualText:
    """2026; May 2026; 3 May 2026; 3 May 2026, 14:05 (in the region's zone). What is no date as it was written."""
    seen = sanitized_text(written)
    found = MOMENT.fullmatch(seen)
    moment = moment_of(seen, zone=zone)
    if found is None or moment is None:
        return BilingualText(seen, seen)
    local = moment.astimezone(zone)
    if found["month"] is None:
        return BilingualText(*(year_in(locale, local.date()) for locale in BilingualText._fields))
    if found["day"] is None:
        return BilingualText(*(month_in(locale, local.date()) for locale in BilingualText._fields))
    day = day_words(local.date())
    return BilingualText(*(f"{text}, {local:%H:%M}" for text in day)) if found["hour"] else day


def day_words(day: date) -> BilingualText:
    """3 May 2026."""
    return BilingualText(*(day_in(locale, day) for locale in BilingualText._fields))


def period_words(period: object, *, zone: tzinfo) -> BilingualText:
    """From when until when; one day is named once. What has no end is not told as if it were that one day."""
    if not isinstance(period, Mapping):
        return NOTHING
    start, end = (date_words(period.get(name), zone=zone) for name in ("start", "end"))
    if start and end and start != end:
        day, clock = end.en.rpartition(", ")[::2]
        if day and start.en.startswith(f"{day}, "):
            return BilingualText(*(f"{text}–{clock}" for text in start))
        return bilingual("%(start)s to %(end)s", start=start, end=end)
    if start:
        return start if end else bilingual("%(start)s, no end told", start=start)
    return bilingual("until %(end)s", end=end) if end else NOTHING
