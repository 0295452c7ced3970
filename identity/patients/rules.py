"""How a line typed into the patient search is understood."""

import re
from dataclasses import dataclass
from datetime import date

from identity.people.rules.snils import normal_snils

DOTTED = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
DASHED = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
NUMBER = re.compile(r"\d{3}-?\d{3}-?\d{3}[ -]?\d{2}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class SearchQuery:
    names: tuple[str, ...]
    birth_dates: tuple[date, ...]
    snils: str

    def __bool__(self) -> bool:
        return bool(self.names or self.birth_dates or self.snils)


def parse_query(text: str) -> SearchQuery:
    """Take dates and a SNILS out of the line; what remains are beginnings of names."""
    rest = text[:LONGEST].replace("\x00", " ")
    number = NUMBER.search(rest)
    snils = (normal_snils(number.group()) or "") if number else ""
    if number:
        rest = rest.replace(number.group(), " ")
    births = []
    for match in [*DOTTED.finditer(rest), *DASHED.finditer(rest)]:
        born = _day(match)
        if born:
            births.append(born)
        rest = rest.replace(match.group(), " ")
    names = tuple(word for word in rest.casefold().replace("ё", "е").split() if not word.isdigit())
    return SearchQuery(names=names, birth_dates=tuple(births), snils=snils)


def like_pattern_of(beginning: str) -> str:
    """The text with the wildcards of LIKE taken literally."""
    return re.sub(r"([\\%_])", r"\\\1", beginning)


def _day(match: re.Match[str]) -> date | None:
    numbers = [int(part) for part in match.groups()]
    year, month, day = numbers if match.re is DASHED else reversed(numbers)
    try:
        return date(year, month, day)
    except ValueError:
        return None
