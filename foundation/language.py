"""English and Russian: which one the reader wants, and how dates and text pairs are said in it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path

from babel.dates import format_date, format_datetime, format_time
from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, gettext, ngettext
from flask_babel import lazy_gettext as lazy

from foundation import clock

__all__ = ["LANGUAGES", "FormTranslations", "Text", "gettext", "lazy", "reader_locale", "start"]

LANGUAGES = {"ru": "Русский", "en": "English"}
COOKIE = "language"
TRANSLATIONS = Path(__file__).parent.parent / "translations"


@dataclass(frozen=True, slots=True)
class Text:
    """One thing said in both languages, as the database keeps it."""

    en: str
    ru: str

    def __str__(self) -> str:
        return self.ru if reader_locale() == "ru" else self.en


class FormTranslations:
    """WTForms' own sentences, said through our catalogues."""

    def gettext(self, text: str) -> str:
        return str(gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(ngettext(singular, plural, number))


def reader_locale() -> str:
    """ "ru" or "en": the remembered choice, else the browser's wish, else Russian."""
    locale = get_locale() if has_request_context() else None
    return locale.language if locale else "en"


def _chosen() -> str:
    remembered = request.cookies.get(COOKIE, "")
    if remembered in LANGUAGES:
        return remembered
    return request.accept_languages.best_match(list(LANGUAGES), default="ru") or "ru"


def _in_language(text: Text | str) -> str:
    return str(text)


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def _zone() -> tzinfo:
    return clock.zone()


def day(moment: date | datetime) -> str:
    """3 May 2026."""
    value = _local(moment) if isinstance(moment, datetime) else moment
    return format_date(
        value, "d MMMM y" if reader_locale() == "en" else "d MMMM y 'г'.", locale=reader_locale()
    )


def day_short(moment: date | datetime) -> str:
    """03.05.2026 in Russian, 03/05/2026 in English: for dense tables."""
    value = _local(moment) if isinstance(moment, datetime) else moment
    return format_date(value, "dd.MM.y" if reader_locale() == "ru" else "dd/MM/y", locale=reader_locale())


def weekday(moment: date | datetime) -> str:
    value = _local(moment) if isinstance(moment, datetime) else moment
    return format_date(value, "EEEE", locale=reader_locale())


def clock_time(moment: datetime) -> str:
    """14:05 in the region's zone."""
    return format_time(_local(moment), "HH:mm", locale=reader_locale(), tzinfo=_zone())


def day_time(moment: datetime) -> str:
    """3 May 2026, 14:05."""
    return f"{day(moment)}, {clock_time(moment)}"


def month(moment: date | datetime) -> str:
    """May 2026."""
    value = _local(moment) if isinstance(moment, datetime) else moment
    return format_datetime(value, "LLLL y", locale=reader_locale())


FILTERS: dict[str, Callable[..., str]] = {
    "in_language": _in_language,
    "day": day,
    "day_short": day_short,
    "weekday": weekday,
    "clock_time": clock_time,
    "day_time": day_time,
    "month": month,
}


def start(app: Flask) -> None:
    """Tie the catalogues (one folder a room) and the filters to the application."""
    folders = sorted(str(each) for each in TRANSLATIONS.iterdir() if each.is_dir())
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(folders)
    Babel(
        app, locale_selector=_chosen, default_locale="en", default_translation_directories=";".join(folders)
    )
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(languages=LANGUAGES, reader_locale=reader_locale)
