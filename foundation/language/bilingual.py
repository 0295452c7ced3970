"""What is kept or told in both languages at once: names from the registers, and our own sentences about a record.

A summary is drawn once and read by a citizen in Russian and by a doctor in English. Its sentences therefore say both,
whoever is asking; the Russian stands in the catalogues (translations/), as for every other sentence of ours.
"""

from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from typing import NamedTuple, NoReturn

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from foundation.language.translation import TRANSLATIONS, reader_locale


class BilingualText(NamedTuple):
    """One thing said in both languages; on a page, in the reader's."""

    en: str
    ru: str

    def __str__(self) -> str:
        return self.ru if reader_locale() == "ru" else self.en

    def __bool__(self) -> bool:
        return bool(self.en or self.ru)


def bilingual(sentence: str, **values: object) -> BilingualText:
    """A sentence of ours in both languages; values that are bilingual themselves are filled in each in its own.

    Raises:
        LookupError: no catalogue has it.
    """
    return _filled(sentence, _russian().gettext(sentence), values)


def bilingual_in(context: str, sentence: str, **values: object) -> BilingualText:
    """The same where one English word is several in Russian: `context` tells which (gettext's msgctxt)."""
    return _filled(sentence, _russian().pgettext(context, sentence), values)


# A number may come as 1e999999. Nothing that is counted has so many digits, and beyond them the form is that of many.
MOST_DIGITS_COUNTED = 20
COUNTED_AS_MANY = 5


def bilingual_count(singular: str, plural: str, count: Decimal | int, **values: object) -> BilingualText:
    """A sentence of ours about so many, in the form that each language asks for; `count` is not filled in by itself.

    A fraction, also one written 2.0, takes the plural in English and in Russian the form that goes with two: полтора,
    2,5 балла (CLDR, plural rules).
    """
    whole = _whole(count)
    en = singular if whole is not None and abs(whole) == 1 else plural
    return _filled(en, _russian().ngettext(singular, plural, 2 if whole is None else abs(whole)), values)


def _whole(count: Decimal | int) -> int | None:
    """The count as far as its form depends on it; none of a fraction. Of a vast one no digit is reckoned out."""
    if isinstance(count, int):
        return count
    if int(count.as_tuple().exponent) < 0:
        return None
    return int(count) if count.adjusted() <= MOST_DIGITS_COUNTED else COUNTED_AS_MANY


def _filled(en: str, ru: str, values: dict[str, object]) -> BilingualText:
    if not values:
        return BilingualText(en, ru)
    pairs = {
        name: value if isinstance(value, BilingualText) else (value, value) for name, value in values.items()
    }
    return BilingualText(
        en % {name: pair[0] for name, pair in pairs.items()},
        ru % {name: pair[1] for name, pair in pairs.items()},
    )


class _Unknown(NullTranslations):
    """The end of the catalogues: English in the place of Russian would be kept in summaries unnoticed."""

    def gettext(self, message: str) -> NoReturn:
        raise LookupError(f"No catalogue says this in Russian: {message}")

    def pgettext(self, context: str, message: str) -> NoReturn:
        raise LookupError(f"No catalogue says this in Russian ({context}): {message}")

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> NoReturn:
        raise LookupError(f"No catalogue counts this in Russian: {msgid1}")


@cache
def _russian() -> NullTranslations:
    """The catalogues of all rooms, one behind the other: no two say the same differently (tests/architecture)."""
    known: NullTranslations = _Unknown()
    for source in TRANSLATIONS.glob("*/ru/LC_MESSAGES/messages.po"):
        catalogue = GNUTranslations(BytesIO(_compiled(source)))
        catalogue.add_fallback(known)
        known = catalogue
    return known


def _compiled(source: Path) -> bytes:
    """As the build compiled it; compiled here where it is older than its source."""
    built = source.with_suffix(".mo")
    if built.exists() and built.stat().st_mtime >= source.stat().st_mtime:
        return built.read_bytes()
    with source.open("rb") as file, BytesIO() as made:
        write_mo(made, read_po(file, locale="ru"))
        return made.getvalue()
