"""Lines gathered under their days, and days under their months, in the order in which they come."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Protocol, TypeVar


class Dated(Protocol):
    """Anything that belongs to a calendar day of the region."""

    @property
    def day(self) -> date: ...


Line = TypeVar("Line", bound=Dated)


def by_day(lines: Iterable[Line]) -> list[tuple[date, list[Line]]]:
    """Neighbouring lines of one day together."""
    return [(day, list(together)) for day, together in groupby(lines, key=lambda line: line.day)]


def by_month(lines: Iterable[Line]) -> list[tuple[date, list[tuple[date, list[Line]]]]]:
    """Days of one month together, under the first of the month."""
    days = by_day(lines)
    return [(first, list(together)) for first, together in groupby(days, key=_first_of_month)]


def _first_of_month(day_and_lines: tuple[date, Sequence[object]]) -> date:
    return day_and_lines[0].replace(day=1)
