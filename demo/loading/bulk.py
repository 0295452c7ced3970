"""Many rows in one statement. Only the demo writes other rooms' tables directly: one by one, its history would take minutes.

What it writes, row-level security and the constraints check as for anybody; it works as center_loader.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.orm import DeclarativeBase, Session

from foundation.actor import ActorKind
from foundation.audit import AuditEvent

ROWS_AT_ONCE = 20_000

Row = dict[str, Any]


def add_rows(session: Session, table: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert the rows, which all hold the same columns.

    COPY is closed to tables with row-level security; one JSON text that the server takes apart comes nearest to it.
    """
    if not rows:
        return
    name = table.__table__.fullname  # type: ignore[attr-defined]
    columns = ", ".join(f'"{column}"' for column in rows[0])
    statement = text(
        f"INSERT INTO {name} ({columns}) SELECT {columns} FROM json_populate_recordset(NULL::{name}, :rows)"  # noqa: S608
    )
    for start in range(0, len(rows), ROWS_AT_ONCE):
        written = orjson.dumps(rows[start : start + ROWS_AT_ONCE], default=_plain).decode()
        session.connection().execute(statement, {"rows": written})


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        return f"\\x{value.hex()}"
    raise TypeError(f"{type(value).__name__} has no JSON")


def audit_row(*, act: str, patient_id: UUID, object_kind: str, object_id: UUID) -> Row:
    """An audit row of the loader, as foundation.audit.record would write it."""
    return {
        "actor_kind": ActorKind.SYSTEM,
        "role": "loader",
        "patient_id": patient_id,
        "act": act,
        "object_kind": object_kind,
        "object_id": object_id,
        "reason": "",
    }


def add_audit_rows(session: Session, rows: Sequence[Row]) -> None:
    """Every write of patient data leaves its line, also when thousands are written at once."""
    add_rows(session, AuditEvent, rows)
