"""What stands in a cell of an operator's table, and what is said where it is something else."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from foundation import clock

Read = Callable[[str], Any]

LONGEST_TEXT = 500
LONGEST_CODE = 40
LONGEST_QUOTED = 60
# As people write them, and as a Russian spreadsheet writes them.
DATES = ("%Y-%m-%d", "%d.%m.%Y")
TIMES = ("%H:%M", "%H:%M:%S")
# Whoever works today or is awaited; another year is a slip of the finger.
YEARS = range(1900, 2200)
YES = frozenset({"yes", "true", "1", "да"})
NO = frozenset({"no", "false", "0", "нет"})


class WrongValue(ValueError):
    """What is right instead, as the end of a sentence that names column and value."""


def text_up_to(longest: int = LONGEST_TEXT) -> Read:
    """A text of at most so many characters on one line."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise WrongValue(f"is longer than {longest} characters")
        if control := next((each for each in cell if unicodedata.category(each) == "Cc"), ""):
            raise WrongValue(f"holds the control character U+{ord(control):04X}; a text stands on one line")
        return cell

    return read


# By which a register knows a facility or a service.
code = text_up_to(LONGEST_CODE)


def one_of(words: type[StrEnum], *, but: StrEnum | None = None) -> Read:
    """A word of this enumeration, in small letters."""
    allowed = [each for each in words if each is not but]

    def read(cell: str) -> StrEnum:
        for each in allowed:
            if cell == each.value:
                return each
        raise WrongValue(f"is none of {', '.join(each.value for each in allowed)}")

    return read


def number_between(lowest: float, highest: float) -> Read:
    """A decimal number; a comma is a point, as a Russian spreadsheet writes it."""

    def read(cell: str) -> float:
        try:
            number = float(cell.replace(",", "."))
        except ValueError:
            raise WrongValue(f"is no number from {lowest:g} to {highest:g}") from None
        # Not a number is between nothing.
        if not lowest <= number <= highest:
            raise WrongValue(f"is not from {lowest:g} to {highest:g}")
        return number

    return read


def yes_or_no(cell: str) -> bool:
    word = cell.casefold()
    if word not in YES | NO:
        raise WrongValue("is neither yes nor no")
    return word in YES


def day(cell: str) -> date:
    for form in DATES:
        if (read := _parsed(cell, form)) is not None:
            return read.date()
    raise WrongValue("is no day such as 2026-09-01 or 01.09.2026")


def moment(cell: str) -> datetime:
    """A day and a time on the region's clocks, to the minute."""
    shown = cell.replace("T", " ")
    for form in DATES:
        for time in TIMES:
            if (read := _parsed(shown, f"{form} {time}")) is not None:
                return _on_our_clocks(read)
    raise WrongValue("is no time such as 2026-09-01 09:30 or 01.09.2026 09:30, on the region's clocks")


def _on_our_clocks(shown: datetime) -> datetime:
    found = clock.moment_at(shown)
    if found is None:
        raise WrongValue("is a time that the region's clocks never show")
    return found


def _parsed(cell: str, form: str) -> datetime | None:
    try:
        read = datetime.strptime(cell, form)  # noqa: DTZ007 - the region's zone is put to it
    except ValueError:
        return None
    if read.year not in YEARS:
        raise WrongValue(f"is not of the years {YEARS.start} to {YEARS.stop - 1}")
    return read


def quoted(cell: str) -> str:
    """A cell as a sentence names it: short, and on one line."""
    short = cell if len(cell) <= LONGEST_QUOTED else f"{cell[: LONGEST_QUOTED - 1]}…"
    return f"“{''.join('·' if unicodedata.category(each).startswith('C') else each for each in short)}”"
