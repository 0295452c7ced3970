"""Registers that an operator keeps by tables: what is new is entered, what is told otherwise is changed, nothing is lost.

Each change leaves its line in the audit.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import DeclarativeBase

from foundation import audit
from foundation.database.transactions import ActorSession

# The placeholders of one statement are 16 bits.
KEYS_AT_ONCE = 10_000


@dataclass
class Entered:
    """What became of some rows. `refused` tells by its place why a row was not taken."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def rows_by(
    session: ActorSession, table: type[DeclarativeBase], column: str, wanted: Collection[Any]
) -> dict[Any, Any]:
    """The rows whose column, which no two share, holds one of these."""
    asked, found = list(wanted), {}
    for start in range(0, len(asked), KEYS_AT_ONCE):
        some = asked[start : start + KEYS_AT_ONCE]
        rows = session.scalars(select(table).where(getattr(table, column).in_(some)))
        found.update({getattr(row, column): row for row in rows})
    return found


def enter_rows(
    session: ActorSession,
    table: type[DeclarativeBase],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: str,
    never_changes: Collection[str] = (),
    wrong_with: Callable[[Mapping[str, Any]], str] = lambda _row: "",
) -> Entered:
    """Enter rows that are known by one column.

    What a row does not name stays as it is; a new row takes the table's own value for it.

    Args:
        rows: the columns by their names; no two rows have the same key.
        never_changes: columns of which a known row can only be told the same again.
        wrong_with: why a row cannot be entered; "" where it can.
    """
    known = rows_by(session, table, key, [row[key] for row in rows])
    entered, touched = Entered(), _Touched(table)
    for place, row in enumerate(rows):
        there = known.get(row[key])
        if why := wrong_with(row) or _would_change(there, row, never_changes):
            entered.refused[place] = why
        elif there is None:
            session.add(new := table(**row))
            touched.added.append(new)
        elif others := _others(there, row):
            for name, value in others.items():
                setattr(there, name, value)
            touched.changed.append(there)
        else:
            entered.unchanged += 1
    session.flush()
    entered.added, entered.changed = len(touched.added), len(touched.changed)
    touched.note(session, key)
    return entered


def _others(there: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """What the row says otherwise than it is."""
    return {name: value for name, value in row.items() if getattr(there, name) != value}


def _would_change(there: Any, row: Mapping[str, Any], fixed: Collection[str]) -> str:
    if there is None:
        return ""
    changes = [name for name in _others(there, row) if name in fixed]
    return ", ".join(f"{name} is {getattr(there, name)} and stays so" for name in changes)


class _Touched:
    """What leaves its line in the audit."""

    def __init__(self, table: type[DeclarativeBase]) -> None:
        self._kind = table.__tablename__
        self.added: list[Any] = []
        self.changed: list[Any] = []

    def note(self, session: ActorSession, key: str) -> None:
        for act, rows in (("registered", self.added), ("changed", self.changed)):
            note_entered(session, f"{self._kind}.{act}", self._kind, [_known_as(row, key) for row in rows])


def note_entered(session: ActorSession, act: str, kind: str, objects: Iterable[UUID | str]) -> None:
    """Write down what was done to these, each known by its identifier or, where it has none, by its code."""
    for each in objects:
        if isinstance(each, UUID):
            audit.record(session, act=act, patient_id=None, object_kind=kind, object_id=each)
        else:
            audit.record(session, act=act, patient_id=None, object_kind=kind, reason=each)


def _known_as(row: Any, key: str) -> UUID | str:
    known: UUID | str = row.id if hasattr(row, "id") else getattr(row, key)
    return known
