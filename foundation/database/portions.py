"""Reading a table of any length a portion at a time."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from foundation.database.transactions import ActorSession

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def in_portions(
    session: ActorSession, asked: Select[*tuple[Any, ...]], *, by: Sequence[Column], at_once: int
) -> Iterator[Sequence[Row[Any]]]:
    """All rows in this order; each portion begins where the one before ended.

    Not a cursor of the database: its statement would have to stand before the one that tells who asks.

    Args:
        by: columns that together name one row; each row carries them after what was asked.
        at_once: how many rows are in memory at a time.
    """
    ordered = asked.add_columns(*(column.label(f"place_{number}") for number, column in enumerate(by)))
    ordered = ordered.order_by(*by).limit(at_once)
    portion = session.execute(ordered).all()
    while portion:
        yield portion
        last = portion[-1][-len(by) :]
        portion = session.execute(ordered.where(tuple_(*by) > tuple_(*last))).all()
