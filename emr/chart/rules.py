"""One medicine stands in the chart once, however many wrote it down; where they differ, each says its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from foundation.language.bilingual import BilingualText


class MedicineLine(Protocol):
    """An entry about a medicine: its name, how it is taken, its codes ("system|code system|code"), and who says so."""

    @property
    def headline(self) -> BilingualText: ...
    @property
    def value(self) -> BilingualText: ...
    @property
    def detail(self) -> BilingualText: ...
    @property
    def known_as(self) -> str: ...
    @property
    def told_by(self) -> BilingualText: ...


Line = TypeVar("Line", bound=MedicineLine)


@dataclass(frozen=True, slots=True)
class Statement(Generic[Line]):
    """What one entry says of a medicine, the newest that says so, and who else says the same."""

    line: Line
    told_also_by: tuple[BilingualText, ...]


@dataclass(frozen=True, slots=True)
class Medicine(Generic[Line]):
    """One medicine and everything that is said of it, the newest first: more than one where they do not agree."""

    statements: tuple[Statement[Line], ...]

    @property
    def called(self) -> BilingualText | None:
        """What all call it; None where one name, and the strength in it, would stand for another."""
        names = {each.line.headline for each in self.statements}
        return names.pop() if len(names) == 1 else None


def reconciled(lines: Iterable[Line]) -> list[Medicine[Line]]:
    """The lines by medicine: those are one that share a code or are called the same.

    Nothing is left out: who says the same as another stands beside it, who says anything else below it.

    Args:
        lines: those that count, the newest first.
    """
    groups: list[tuple[set[str], list[tuple[int, Line]]]] = []
    for place, line in enumerate(lines):
        names = {*line.known_as.split(), f"called {line.headline.en.casefold()}"}
        same = [each for each in groups if each[0] & names]
        groups = [each for each in groups if not each[0] & names]
        placed = [each for _names, group in same for each in group]
        groups.append(
            (names.union(*(each for each, _group in same)), sorted([*placed, (place, line)], key=_place))
        )
    in_order = sorted((group for _names, group in groups), key=lambda group: _place(group[0]))
    return [Medicine(_statements([line for _place, line in group])) for group in in_order]


def _place(placed: tuple[int, object]) -> int:
    return placed[0]


def _statements(lines: Sequence[Line]) -> tuple[Statement[Line], ...]:
    said: dict[Any, list[Line]] = {}
    for line in lines:
        said.setdefault((line.headline.en.casefold(), line.value, line.detail), []).append(line)
    return tuple(
        Statement(first, tuple(dict.fromkeys(_others(first, rest)))) for first, *rest in said.values()
    )


def _others(first: MedicineLine, rest: Iterable[MedicineLine]) -> Iterable[BilingualText]:
    return (each.told_by for each in rest if each.told_by.en not in ("", first.told_by.en))
