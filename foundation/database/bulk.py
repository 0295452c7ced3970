"""Many rows in one statement: for loaders, whose thousands of rows would take minutes one by one.

What is written so, row-level security and the constraints check as for anybody; only the owner of the tables may have
the references of a whole loading checked together, at its end.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ARRAY, text
from sqlalchemy.orm import DeclarativeBase

from foundation.database.transactions import ActorSession

ROWS_AT_ONCE = 20_000

Row = dict[str, Any]


@dataclass(frozen=True)
class WrittenRows:
    """Rows of the same columns, as the texts that the database takes apart: another process may have written them.

    Attributes:
        portions: of so many rows at once, for each column an array of its values.
    """

    columns: tuple[str, ...]
    portions: tuple[tuple[str, ...], ...]


def write_rows(rows: Sequence[Row]) -> WrittenRows:
    """The rows, which all hold the same columns, as text."""
    if not rows:
        return WrittenRows((), ())
    columns = tuple(rows[0])
    portions = (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))
    return WrittenRows(
        columns,
        tuple(tuple(_array([row[name] for row in portion]) for name in columns) for portion in portions),
    )


def add_rows(
    session: ActorSession, table: type[DeclarativeBase], rows: Sequence[Row], *, known: str = ""
) -> None:
    """Insert the rows, which all hold the same columns.

    Args:
        known: what to do with those that are there already: the clause that begins with ON CONFLICT.
    """
    add_written(session, table, write_rows(rows), known=known)


def add_written(
    session: ActorSession, table: type[DeclarativeBase], rows: WrittenRows, *, known: str = ""
) -> None:
    """The same of rows that are written out.

    COPY is closed to tables with row-level security; an array for each column, which the server takes apart, comes
    nearest to it.
    """
    described: Any = table.__table__
    types = [described.c[name].type for name in rows.columns]
    dialect = session.connection().dialect
    # An array of arrays would be taken apart whole.
    elements = ["TEXT" if isinstance(each, ARRAY) else each.compile(dialect) for each in types]
    arrays = ", ".join(f"CAST(:values_{place} AS {kind}[])" for place, kind in enumerate(elements))
    columns = ", ".join(f'"{name}"' for name in rows.columns)
    values = ", ".join(
        f'CAST("{name}" AS {kind.compile(dialect)})' if isinstance(kind, ARRAY) else f'"{name}"'
        for name, kind in zip(rows.columns, types, strict=True)
    )
    statement = text(
        f"INSERT INTO {described.fullname} ({columns}) SELECT {values} FROM unnest({arrays}) AS row({columns}) {known}"  # noqa: S608
    )
    for portion in rows.portions:
        given = {f"values_{place}": array for place, array in enumerate(portion)}
        session.connection().execute(statement, given)


# In an array of the database's a backslash says that the next character is meant as it stands; JSON writes line ends so.
CONTROL = re.compile(r"[\x00-\x1f]")
ESCAPE = re.compile(r"\\(?:u[0-9a-f]{4}|.)")


def _array(values: Sequence[object]) -> str:
    """The values as an array of the database's: as JSON writes it, but for the brackets and control characters."""
    scalars = [_scalar(each) for each in values]
    written = orjson.dumps(scalars, default=_plain).decode()
    if "\\" in written and any(isinstance(each, str) and CONTROL.search(each) for each in scalars):
        written = ESCAPE.sub(_unescaped, written)
    return f"{{{written[1:-1]}}}"


def _scalar(value: object) -> object:
    """What is an array or JSON itself is a text to the array."""
    if isinstance(value, dict):
        return orjson.dumps(value).decode()
    return _array(value) if isinstance(value, list | tuple) else value


def _unescaped(escape: re.Match[str]) -> str:
    kept = escape[0]
    return kept if kept[1] in '"\\' else str(orjson.loads(f'"{kept}"'))


# Of all our tables: what the wall looks like for their owner, and what each reference is called.
WALLED = """
SELECT c.oid::regclass::text FROM pg_class c
WHERE c.relforcerowsecurity AND pg_get_userbyid(c.relowner) = current_user
"""
REFERENCES = """
SELECT k.conrelid::regclass::text AS table_name, quote_ident(k.conname) AS name
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE k.contype = 'f' AND k.conenforced AND pg_get_userbyid(c.relowner) = current_user
ORDER BY k.oid
"""


@contextmanager
def references_checked_together(session: ActorSession) -> Iterator[None]:
    """Within the block references are not looked up row by row; at its end the database proves each over all rows.

    For the owner of the tables, whom their wall lets through for so long. All of it is one transaction: nobody else
    ever sees the tables without their references and their wall, and a reference that leads nowhere ends it.

    Raises:
        IntegrityError: on leaving, a reference leads nowhere.
    """
    walled = session.scalars(text(WALLED)).all()
    references = session.execute(text(REFERENCES)).all()
    _alter(session, [f"{each} NO FORCE ROW LEVEL SECURITY" for each in walled])
    _alter(session, [f"{each.table_name} ALTER CONSTRAINT {each.name} NOT ENFORCED" for each in references])
    yield
    _alter(session, [f"{each.table_name} ALTER CONSTRAINT {each.name} ENFORCED" for each in references])
    _alter(session, [f"{each} FORCE ROW LEVEL SECURITY" for each in walled])


def _alter(session: ActorSession, changes: Sequence[str]) -> None:
    if changes:
        session.execute(text("; ".join(f"ALTER TABLE {each}" for each in changes)))


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} has no JSON")
