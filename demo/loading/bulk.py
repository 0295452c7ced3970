"""Many rows in few statements. Only the demo writes other rooms' tables directly: 14,000 referrals one by one take minutes.

What it writes, row-level security and the constraints check as for anybody; it works as center_loader.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import DeclarativeBase, Session

from foundation.actor import ActorKind
from foundation.audit import AuditEvent

ROWS_AT_ONCE = 5000

Row = dict[str, Any]


def add_rows(session: Session, table: type[DeclarativeBase], rows: Sequence[Row]) -> None:
    """Insert the rows; each holds the same columns."""
    target = table.__table__
    assert isinstance(target, Table)  # noqa: S101 (tells mypy what every mapped table is)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        session.connection().execute(insert(target).inline(), list(rows[start : start + ROWS_AT_ONCE]))


def audit_row(**facts: object) -> Row:
    """An audit row of the loader, as foundation.audit.record would write it."""
    return {
        "actor_kind": ActorKind.SYSTEM.value,
        "account_id": None,
        "staff_id": None,
        "facility_id": None,
        "role": "loader",
        "session_id": None,
        "patient_id": None,
        "object_kind": "",
        "object_id": None,
        "reason": "",
        **facts,
    }


def add_audit_rows(session: Session, rows: Sequence[Row]) -> None:
    """Every write of patient data leaves its line, also when thousands are written at once."""
    add_rows(session, AuditEvent, rows)
