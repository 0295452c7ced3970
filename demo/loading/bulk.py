"""The audit rows of the people and records that the demo writes many at a time, as center_loader."""

from collections.abc import Sequence
from uuid import UUID

from foundation.actor import ActorKind
from foundation.audit import AuditEvent
from foundation.database.bulk import Row, add_rows
from foundation.database.transactions import ActorSession

__all__ = ["Row", "add_audit_rows", "add_rows", "audit_row"]


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


def add_audit_rows(session: ActorSession, rows: Sequence[Row]) -> None:
    """Every write of patient data leaves its line, also when thousands are written at once."""
    add_rows(session, AuditEvent, rows)
