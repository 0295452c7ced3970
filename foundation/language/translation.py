"""English and Russian: which one the reader wants, and how dates are said in it."""

from collections.abc import Callable
from datetime import date, datetime, tzinfo
from pathlib import Path

from babel.support import Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, get_locale, get_translations, gettext
from flask_babel import lazy_gettext as lazy

from foundation import clock
from foundation.errors import Refusal
from foundation.language.dates import day_in, written

__all__ = [
    "LANGUAGES",
    "FormTranslations",
    "gettext",
    "lazy",
    "reader_locale",
    "sentence_of",
    "start",
]

LANGUAGES = {"ru": "Русский", "en": "English"}
COOKIE = "language"
TRANSLATIONS = Path(__file__).parent.parent.parent / "translations"


class FormTranslations:
    """WTForms' own sentences, said through our catalogues."""

    def gettext(self, text: str) -> str:
        return str(gettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        # WTForms fills in the numbers itself.
        return str(get_translations().ungettext(singular, plural, number))


def sentence_of(refusal: Refusal | None) -> str:
    """Why something was refused, in the reader's language; "" where nothing was."""
    return str(gettext(refusal.sentence, **refusal.values)) if refusal else ""


def reader_locale() -> str:
    """ "ru" or "en": the remembered choice, else the browser's wish, else Russian."""
    if not has_request_context():
        return "en"
    # Asked a hundred times while one page is drawn.
    known: str | None = g.get("reader_locale")
    if known is None:
        locale = get_locale()
        known = g.reader_locale = locale.language if locale else "en"
    return known


def _chosen() -> str:
    remembered = request.cookies.get(COOKIE, "")
    if remembered in LANGUAGES:
        return remembered
    return request.accept_languages.best_match(list(LANGUAGES), default="ru") or "ru"


def _catalogue() -> Translations:
    """The reader's catalogue, looked up once a request and not once a sentence."""
    known: Translations | None = g.get("catalogue")
    if known is None:
        known = g.catalogue = get_translations()
    return known


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_zone())


def _zone() -> tzinfo:
    return clock.zone()


def _date(moment: date | datetime) -> date:
    return _local(moment).date() if isinstance(moment, datetime) else moment


def day(moment: date | datetime) -> str:
    """3 May 2026."""
    return day_in(reader_locale(), _date(moment))


def day_short(moment: date | datetime) -> str:
    """03.05.2026 in Russian, 03/05/2026 in English: for dense tables."""
    locale = reader_locale()
    return written(_date(moment), "dd.MM.y" if locale == "ru" else "dd/MM/y", locale=locale)


def weekday(moment: date | datetime) -> str:
    return written(_date(moment), "EEEE", locale=reader_locale())


def clock_time(moment: datetime) -> str:
    """14:05 in the region's zone."""
    return f"{_local(moment):%H:%M}"


def day_time(moment: datetime) -> str:
    """3 May 2026, 14:05."""
    return f"{day(moment)}, {clock_time(moment)}"


def month(moment: date | datetime) -> str:
    """May 2026."""
    return written(_date(moment), "LLLL y", locale=reader_locale())


FILTERS: dict[str, Callable[..., str]] = {
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
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().ugettext(text),
        lambda singular, plural, number: _catalogue().ungettext(singular, plural, number),
        newstyle=True,
    )
    app.jinja_env.filters.update(FILTERS)
    app.jinja_env.globals.update(languages=LANGUAGES, reader_locale=reader_locale)
