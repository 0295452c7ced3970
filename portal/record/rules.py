"""Lines gathered under their days, and days under their months, in the order in which they come."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any, Protocol, TypeVar


class Dated(Protocol):
    """Anything that belongs to a day: a date, or a day as it is written."""

    @property
    def day(self) -> Any: ...


class Headed(Dated, Protocol):
    """Anything that stands under a month too, as it is written."""

    @property
    def month(self) -> str: ...


Line = TypeVar("Line", bound=Dated)
HeadedLine = TypeVar("HeadedLine", bound=Headed)


def by_day(lines: Iterable[Line]) -> list[tuple[Any, list[Line]]]:
    """Neighbouring lines of one day together."""
    return [(day, list(together)) for day, together in groupby(lines, key=lambda line: line.day)]


def by_month(lines: Iterable[HeadedLine]) -> list[tuple[str, list[tuple[str, list[HeadedLine]]]]]:
    """Neighbouring days of one month together."""
    return [(month, by_day(together)) for month, together in groupby(lines, key=lambda line: line.month)]
