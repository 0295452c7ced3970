"""Many rows in one statement: for loaders, whose thousands of rows would take minutes one by one.

What is written so, row-level security and the constraints check as for anybody.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase

from foundation.database import ActorSession

ROWS_AT_ONCE = 20_000

Row = dict[str, Any]


def add_rows(
    session: ActorSession, table: type[DeclarativeBase], rows: Sequence[Row], *, known: str = ""
) -> None:
    """Insert the rows, which all hold the same columns.

    COPY is closed to tables with row-level security; one JSON text that the server takes apart comes nearest to it.

    Args:
        known: what to do with those that are there already: the clause that begins with ON CONFLICT.
    """
    if not rows:
        return
    name = table.__table__.fullname  # type: ignore[attr-defined]
    columns = ", ".join(f'"{column}"' for column in rows[0])
    statement = text(
        f"INSERT INTO {name} ({columns}) SELECT {columns} "  # noqa: S608
        f"FROM json_populate_recordset(NULL::{name}, :rows) {known}"
    )
    for start in range(0, len(rows), ROWS_AT_ONCE):
        written = orjson.dumps(rows[start : start + ROWS_AT_ONCE], default=_plain).decode()
        session.connection().execute(statement, {"rows": written})


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} has no JSON")
