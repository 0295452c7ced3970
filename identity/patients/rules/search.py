"""How a line typed into the patient search is understood: all of it, or the searcher is told what was not."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations

from foundation.errors import BadInput
from foundation.language.dates import MONTHS
from identity.patients.rules.spelling import Closeness, pattern_of
from identity.people.rules.snils import normal_snils

DATE = re.compile(
    r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})|(\d{4})-(\d{1,2})-(\d{1,2})|(\d{2})(\d{2})(\d{4})"
)
SNILS = re.compile(r"\d{3}-?\d{3}-?\d{3}[ -]?\d{2}|\d{9} \d{2}|\d{3} \d{3} \d{3} \d{2}")
LAST_DIGITS = re.compile(r"\d{3}[ -]\d{2}|\d{3,5}")
# What a number may stand beside: never in the middle of another.
ALONE = r"(?<![\w.-])(?:{})(?![\w-]|\.\d)"
NAME = re.compile(r"[^\W\d_]+(?:[-'’`][^\W\d_]+)*[-'’`]?")
INITIALS = re.compile(r"(?:[^\W\d_]\.-?)+[^\W\d_]?|[^\W\d_]")
# As papers print it: И.И.Иванов.
INITIALS_AND_NAME = re.compile(rf"((?:[^\W\d_]\.-?)+)({NAME.pattern})")
# What stands behind a date or a year of birth, and says only that: 1961 г.р.
OF_YEAR, OF_BIRTH = "года", "рождения"
YEAR_WORD = re.compile(rf"(?<=\d) ?(?:г\.(?: ?р\.)?|{OF_YEAR}(?: {OF_BIRTH})?)(?!\w)", re.IGNORECASE)
# The longest first, so that no month is read as the beginning of another word.
MONTH = "|".join(sorted(map(re.escape, MONTHS), key=len, reverse=True))
# 31 октября 2000, October 31, 2000.
WRITTEN_DATE = re.compile(
    rf"(?<!\w)(?:(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?P<month>{MONTH})\.?,? |"
    rf"(?P<month_first>{MONTH})\.? (?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?,? )(?P<year>\d{{4}})(?!\w)",
    re.IGNORECASE,
)
LENGTH_OF_BARE_INITIALS = 2
# Russian letters that stand on keys of signs where the keyboard is the other one.
KEYED = re.compile(r"(?=.*[a-zA-Z].*[a-zA-Z])[a-zA-Z\[\];',.`{}:\"<>~]+(?<![.,])")
OLDEST_YEAR = 1850
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class Name:
    """The beginning of a name; an initial is that of a given or middle name."""

    typed: str
    initial: bool = False

    def pattern(self, closeness: Closeness) -> str:
        """What a name looks like that this may mean, as a regular expression from its beginning."""
        return pattern_of(self.typed, closeness)


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """All that was typed. A birth may be one of two days where the century was not typed."""

    names: tuple[Name, ...] = ()
    births: tuple[tuple[date, ...], ...] = ()
    year: int | None = None
    snils: str = ""
    last_digits: str = ""


def parse_query(text: str, *, today: date) -> SearchQuery:
    """Make sense of the whole line.

    Raises:
        BadInput: a part of it makes no sense; whoever is looked for, they must not be guessed from the rest.
    """
    rest = WRITTEN_DATE.sub(_in_digits, " ".join(YEAR_WORD.sub(" ", text.replace("\x00", "?")).split()))
    snils, rest = _taken(SNILS, rest)
    days, rest = _taken(DATE, rest)
    numbers, rest = _taken(LAST_DIGITS, rest)
    years = [each for each in numbers if len(each) == 4 and OLDEST_YEAR <= int(each) <= today.year]
    digits = [re.sub(r"\D", "", each) for each in numbers if each not in years]
    if len(snils) + len(digits) > 1 or len(years) > 1:
        raise BadInput("Type the number of one patient, and one year of birth.")
    names = tuple(_names(rest))
    if digits and not (names or days or years):
        raise BadInput("Add a name or a date of birth to the last digits of the SNILS.")
    query = SearchQuery(
        names=names,
        births=tuple(_births(each, today) for each in days),
        year=int(years[0]) if years else None,
        snils=_whole_snils(snils[0]) if snils else "",
        last_digits=digits[0] if digits else "",
    )
    if query == SearchQuery():
        raise BadInput("Type a name, a date of birth or a SNILS.")
    return query


def is_meant(names: Sequence[Name], sort_key: str, closeness: Closeness) -> bool:
    """Whether each name that was typed is another name of theirs, so that none counts for two."""
    words = sort_key.split()
    fits = [
        [
            place
            for place, word in enumerate(words)
            if (place or not name.initial)
            and any(re.match(name.pattern(closeness), part) for part in (word, *word.split("-")[1:]))
        ]
        for name in names
    ]
    if len(names) > len(words):
        return False
    return any(
        all(place in fit for place, fit in zip(places, fits, strict=True))
        for places in permutations(range(len(words)), len(names))
    )


def _taken(what: re.Pattern[str], text: str) -> tuple[list[str], str]:
    alone = re.compile(ALONE.format(what.pattern))
    return [each.group() for each in alone.finditer(text)], alone.sub(" ", text)


def _in_digits(written: re.Match[str]) -> str:
    month = MONTHS[(written["month"] or written["month_first"]).lower()]
    return f"{written['day'] or written['day_after']}.{month:02}.{written['year']}"


def _births(typed: str, today: date) -> tuple[date, ...]:
    found = DATE.fullmatch(typed)
    parts = [each for each in (found.groups() if found else ()) if each]
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
    days = [born for each in years if (born := _day(each, int(month), int(day))) and born <= today]
    if not days:
        raise BadInput("Nobody can be born on %(day)s. Type the date like 03.05.1960.", day=typed)
    return tuple(days)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _whole_snils(typed: str) -> str:
    known = normal_snils(typed)
    if known is None:
        raise BadInput("This SNILS has a mistake in it: its last two digits do not fit the others.")
    return known


def _names(text: str) -> list[Name]:
    words = [word for each in text.split() for word in _apart(each.strip(","))]
    # Beside a name that is not written in capitals, two capitals are initials.
    spelt = any(not word.isupper() and len(word) > LENGTH_OF_BARE_INITIALS for word in words)
    names = []
    for word in words:
        letters = [each for each in _folded(word) if each.isalpha()]
        if (INITIALS.fullmatch(word) or (spelt and _bare_initials(word))) and letters:
            names += [Name(letter, initial=len(words) > 1) for letter in letters]
        elif (NAME.fullmatch(word) or KEYED.fullmatch(word)) and not any(map(str.isnumeric, word)):
            names.append(Name(_folded(word).strip("-’")))
        else:
            raise BadInput(
                "We could not make out “%(word)s”. Type names, a date of birth like 03.05.1960, or a SNILS.",
                word=word,
            )
    if len(names) > MOST_NAMES:
        raise BadInput("These are too many names for one person. Type fewer.")
    return names


def _apart(word: str) -> list[str]:
    """Names with a comma between them, and initials before a name; on the other keyboard the comma is a letter."""
    if KEYED.fullmatch(word):
        return [word]
    parts = [each for each in word.split(",") if each]
    return [piece for part in parts for piece in _initials_apart(part)]


def _initials_apart(word: str) -> list[str]:
    found = INITIALS_AND_NAME.fullmatch(word)
    return [found[1], found[2]] if found and len(found[2]) > 1 else [word]


def _bare_initials(word: str) -> bool:
    return len(word) == LENGTH_OF_BARE_INITIALS and word.isupper() and word.isalpha()


def _folded(word: str) -> str:
    return word.casefold().replace("ё", "е")
