"""English and Russian: which one the reader wants, and how dates are said in it."""

from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache, partial
from pathlib import Path

from babel.support import NullTranslations, Translations
from flask import g, has_request_context, request
from flask_babel.speaklater import LazyString

from foundation import clock
from foundation.errors import Refusal
from foundation.language.dates import (
    LESS_THAN_A_DAY,
    Precision,
    day_in,
    day_short_in,
    month_in,
    weekday_day_in,
    weekday_short_in,
    year_in,
)
from foundation.language.latin_letters import PrintedName
from foundation.language.numbers import percent_in, tenths_in, whole_number_in

__all__ = [
    "LANGUAGES",
    "FormTranslations",
    "filters_in",
    "gettext",
    "lazy",
    "printed_name",
    "reader_locale",
    "sentence_of",
    "translated",
    "translated_count",
]

LANGUAGES = {"ru": "Русский", "en": "English"}
COOKIE = "language"
DATE_UNKNOWN = "date unknown"
TRANSLATIONS = Path(__file__).parent.parent.parent / "translations"


class FormTranslations:
    """WTForms' own sentences, said through our catalogues."""

    def gettext(self, text: str) -> str:
        return gettext(text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        # WTForms fills in the numbers itself.
        return translated_count(reader_locale(), singular, plural, number)


def gettext(sentence: str, **values: object) -> str:
    """A sentence of ours in the reader's language, told its values."""
    said = translated(reader_locale(), sentence)
    return said % values if values else said


def lazy(sentence: str, **values: object) -> LazyString:
    """The same, said when somebody reads it."""
    return LazyString(gettext, sentence, **values)


def translated(language: str, sentence: str) -> str:
    """A sentence of ours in a language; as it is where no catalogue knows it."""
    return str(_catalogue(language).ugettext(sentence))


def translated_count(language: str, singular: str, plural: str, number: int) -> str:
    """The same of so many."""
    return str(_catalogue(language).ungettext(singular, plural, number))


def sentence_of(refusal: Refusal | None) -> str:
    """Why something was refused, in the reader's language; "" where nothing was."""
    return gettext(refusal.sentence, **refusal.values) if refusal else ""


def reader_locale() -> str:
    """ "ru" or "en": the remembered choice, else the browser's wish, else Russian."""
    # Asked a hundred times while one page is drawn.
    try:
        known: str = g.reader_locale
    except (AttributeError, RuntimeError):
        if not has_request_context():
            return "en"
        known = g.reader_locale = _chosen()
    return known


def printed_name(name: PrintedName) -> str:
    """As pages print it to the reader, for what is put together with other words before a page has it."""
    return name.latin if reader_locale() == "en" else str(name)


def _chosen() -> str:
    remembered = request.cookies.get(COOKIE, "")
    if remembered in LANGUAGES:
        return remembered
    return request.accept_languages.best_match(list(LANGUAGES), default="ru") or "ru"


@cache
def _catalogue(language: str) -> NullTranslations:
    """The catalogues of all rooms in one; English is what the sentences are written in."""
    known = Translations()
    for folder in _folders():
        of_room = Translations.load(folder, [language])
        known.merge(of_room)  # type: ignore[arg-type]  # where there is none, an empty one
        # How Russian counts is not merged with the sentences.
        known.plural = getattr(of_room, "plural", known.plural)
    return known


def _folders() -> list[str]:
    return sorted(str(each) for each in TRANSLATIONS.iterdir() if each.is_dir())


def _date(moment: date | datetime) -> date:
    return clock.local(moment).date() if isinstance(moment, datetime) else moment


def day(moment: date | datetime, *, locale: str | None = None) -> str:
    """3 May 2026."""
    return day_in(locale or reader_locale(), _date(moment))


def day_short(moment: date | datetime, *, locale: str | None = None) -> str:
    """03/05/2026: for dense tables."""
    return day_short_in(locale or reader_locale(), _date(moment))


def weekday_day(moment: date | datetime, *, locale: str | None = None) -> str:
    """Sunday, 3 May 2026."""
    return weekday_day_in(locale or reader_locale(), _date(moment))


def weekday_time(moment: datetime, *, locale: str | None = None) -> str:
    """Sunday, 3 May 2026, 14:05."""
    return f"{weekday_day(moment, locale=locale)}, {clock_time(moment)}"


def weekday_short(moment: date | datetime, *, locale: str | None = None) -> str:
    """Sun, 03/05/2026: for dense tables."""
    return weekday_short_in(locale or reader_locale(), _date(moment))


def clock_time(moment: datetime) -> str:
    """14:05 in the region's zone."""
    return f"{clock.local(moment):%H:%M}"


def day_time(moment: datetime, *, locale: str | None = None) -> str:
    """3 May 2026, 14:05."""
    return f"{day(moment, locale=locale)}, {clock_time(moment)}"


def month(moment: date | datetime, *, locale: str | None = None) -> str:
    """May 2026."""
    return month_in(locale or reader_locale(), _date(moment))


def told_day(moment: date | datetime, precision: str = "", *, locale: str | None = None) -> str:
    """As much of the day as is known: 2026; May 2026; 3 May 2026; date unknown."""
    return _less_than_a_day(moment, precision, locale) or day(moment, locale=locale)


def told_short(moment: date | datetime, precision: str = "", *, locale: str | None = None) -> str:
    """The same for dense tables."""
    if precision in LESS_THAN_A_DAY:
        return _less_than_a_day(moment, precision, locale)
    return day_short(moment, locale=locale)


def told_time(moment: datetime, precision: str = "", *, locale: str | None = None) -> str:
    """The same with the time, where that is known."""
    # Where nobody noted how much is known, midnight is how a day alone was kept.
    day_alone = precision == Precision.DAY or (not precision and clock.local(moment).time() == time.min)
    if precision in LESS_THAN_A_DAY or day_alone:
        return told_day(moment, precision, locale=locale)
    return day_time(moment, locale=locale)


def _less_than_a_day(moment: date | datetime, precision: str, locale: str | None) -> str:
    locale = locale or reader_locale()
    if precision == Precision.UNKNOWN:
        return translated(locale, DATE_UNKNOWN)
    if precision == Precision.YEAR:
        return year_in(locale, _date(moment))
    return month_in(locale, _date(moment)) if precision == Precision.MONTH else ""


def whole_number(number: float, *, locale: str | None = None) -> str:
    """9,845."""
    return whole_number_in(locale or reader_locale(), number)


def tenths(number: float, *, locale: str | None = None) -> str:
    """12.5."""
    return tenths_in(locale or reader_locale(), number)


def percent(share: float, *, locale: str | None = None) -> str:
    """30.5%, of a share from 0 to 1."""
    return percent_in(locale or reader_locale(), share)


FILTERS: dict[str, Callable[..., str]] = {
    each.__name__: each
    for each in (
        day,
        day_short,
        day_time,
        clock_time,
        weekday_day,
        weekday_short,
        weekday_time,
        month,
        told_day,
        told_short,
        told_time,
        whole_number,
        tenths,
        percent,
    )
}


def filters_in(language: str) -> dict[str, Callable[..., str]]:
    """The filters for whom the language is known already."""
    return {
        name: each if each is clock_time else partial(each, locale=language) for name, each in FILTERS.items()
    }
