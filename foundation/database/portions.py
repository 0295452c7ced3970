"""Reading a table of any length a portion at a time."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from foundation.database.transactions import ActorSession

Column = ColumnElement[Any] | InstrumentedAttribute[Any]


def portion_after(
    session: ActorSession,
    asked: Select[*tuple[Any, ...]],
    *,
    by: Sequence[Column],
    after: Sequence[object],
    at_once: int,
) -> Sequence[Row[Any]]:
    """The next rows in this order, none at the end.

    Not a cursor of the database: its statement would have to stand before the one that tells who asks, and no other
    transaction could go on with it.

    Args:
        by: columns that together name one row.
        after: those of the last row of the portion before; nothing at the beginning.
        at_once: how many rows are in memory at a time.
    """
    ordered = asked.order_by(*by).limit(at_once)
    return session.execute(ordered.where(tuple_(*by) > tuple_(*after)) if after else ordered).all()
