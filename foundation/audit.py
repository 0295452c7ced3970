"""Audit rows: written in the same transaction as the read or write that they describe, never changed."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, insert, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.actor import ActorKind
from foundation.database.bulk import add_rows
from foundation.database.prepared_statement import PreparedStatement
from foundation.database.tables import Base
from foundation.database.transactions import ActorSession
from foundation.reading_pace import count_reading
from foundation.recent_keys import RecentKeys


class AuditEvent(Base):
    """One act of one actor. `patient_id` is whose record it touched, NULL where nobody's; `delegation_id` by which right a
    delegate acted for them, `share_opening_id` by which opening of a link somebody outside looked."""

    __tablename__ = "audit_event"
    __table_args__ = (
        Index(
            "ix_audit_event_patient_id_id", "patient_id", "id", postgresql_include=["actor_kind", "staff_id"]
        ),
        {"schema": "foundation", "implicit_returning": False},
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("clock_timestamp()"))
    transaction_id: Mapped[str] = mapped_column(server_default=text("pg_current_xact_id()::text"))
    actor_kind: Mapped[str]
    account_id: Mapped[UUID | None]
    staff_id: Mapped[UUID | None]
    facility_id: Mapped[UUID | None]
    role: Mapped[str]
    session_id: Mapped[UUID | None]
    delegation_id: Mapped[UUID | None]
    share_opening_id: Mapped[UUID | None]
    patient_id: Mapped[UUID | None]
    act: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID | None]
    reason: Mapped[str]


COLUMNS = {
    **dict.fromkeys(("actor_kind", "role", "act", "object_kind", "reason"), "text"),
    **dict.fromkeys(
        (
            *("account_id", "staff_id", "facility_id", "session_id", "delegation_id", "share_opening_id"),
            *("patient_id", "object_id"),
        ),
        "uuid",
    ),
}
WRITE = PreparedStatement(
    f"INSERT INTO foundation.audit_event ({', '.join(COLUMNS)}) "  # noqa: S608 (our own names)
    f"VALUES ({', '.join(f'%({name})s' for name in COLUMNS)})",
    COLUMNS,
)

# How the acts of whoever opens a record end; a record that is opened counts towards what one person can read.
OPENED = ".opened"

# The session, the act and the object that a list has shown.
_listed = RecentKeys(capacity=100_000)


def record(
    session: ActorSession,
    *,
    act: str,
    patient_id: UUID | None,
    object_kind: str = "",
    object_id: UUID | None = None,
    reason: str = "",
) -> None:
    """Write that the session's actor did `act`; if the transaction fails, neither happened.

    Args:
        act: a noun and a participle, such as "entry.signed"; where it is "opened", the reading is counted.
        reason: in the person's own words, where a reason was asked for.
    """
    row = {
        **_who_acts(session),
        "patient_id": patient_id,
        "act": act,
        "object_kind": object_kind,
        "object_id": object_id,
        "reason": reason,
    }
    WRITE.send_with_next(session.connection(), [row[name] for name in COLUMNS])
    if patient_id is not None and act.endswith(OPENED):
        count_reading(session, patient_id)


def record_many(
    session: ActorSession, *, act: str, object_kind: str, done_to: Sequence[tuple[UUID, UUID]]
) -> None:
    """Write that the session's actor did `act` to each of these: every one has its row, also among thousands.

    Args:
        done_to: pairs of the patient and the object.
    """
    add_rows(session, AuditEvent, _rows(session, act, object_kind, done_to))


def record_listed(
    session: ActorSession, *, act: str, object_kind: str, shown: Sequence[tuple[UUID, UUID]]
) -> None:
    """Write that a list which shows these was opened: for each once a session, however often it is drawn anew.

    Args:
        shown: pairs of the patient and the object that names them.
    """
    actor = session.actor
    new = [each for each in shown if not _listed.contains((actor.session_id, act, each[1]))]
    if not new:
        return
    session.connection().execute(insert(AuditEvent).inline(), _rows(session, act, object_kind, new))
    if actor.session_id is not None:
        _listed.add_after_commit(session, [(actor.session_id, act, object_id) for _, object_id in new])


def _rows(
    session: ActorSession, act: str, object_kind: str, touched: Sequence[tuple[UUID, UUID]]
) -> list[dict[str, object]]:
    what = {**_who_acts(session), "act": act, "object_kind": object_kind, "reason": ""}
    return [{**what, "patient_id": patient_id, "object_id": object_id} for patient_id, object_id in touched]


def _who_acts(session: ActorSession) -> dict[str, object]:
    actor = session.actor
    return {
        "actor_kind": actor.kind.value,
        "account_id": actor.account_id,
        "staff_id": actor.staff_id,
        "facility_id": actor.facility_id,
        "role": actor.role,
        "session_id": actor.session_id,
        "delegation_id": actor.delegation_id,
        "share_opening_id": actor.session_id if actor.kind is ActorKind.SHARE else None,
    }
