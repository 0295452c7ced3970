"""The application's wall: whose records an actor may ask for. Row-level security says the same again.

Called through the module (`access.readable_by(…)`), so that a test can take this wall away and see the other hold.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select, text
from sqlalchemy.orm import InstrumentedAttribute

from foundation.actor import ActorKind
from foundation.database.transactions import ActorSession, send_with_next
from identity.access.tables import CareRelation

# Who enters the beginning of care may have another clock than the database; a page is not told in its first minute that there is none.
CLOCKS_DIFFER_BY = text("interval '1 minute'")
OPENED = "SELECT identity.open_record(%(opened)s)"


def open_record(session: ActorSession, patient_id: UUID) -> None:
    """Tell the database whose record this transaction is about: care for them is then looked up once, not for every table.

    It opens nothing that is closed: the database keeps the name only where the actor's facility cares for them, and asks
    row by row about everybody else.
    """
    send_with_next(session.connection(), OPENED, {"opened": patient_id})


def readable_by(
    session: ActorSession,
    patient_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None],
    *,
    only: Any = None,
) -> ColumnElement[bool]:
    """The condition that a row's patient is the reader, or is in the care of the reader's facility.

    Args:
        only: the one patient whose rows are asked for: care for them is then looked up once, not row by row.
    """
    actor = session.actor
    if actor.kind is ActorKind.SYSTEM:
        return patient_id.is_not(None)
    if actor.kind is ActorKind.CITIZEN and actor.patient_id:
        return patient_id == actor.patient_id
    if actor.kind is ActorKind.STAFF and actor.facility_id:
        cared_for = patients_cared_for_at(actor.facility_id)
        if only is None:
            return patient_id.in_(cared_for)
        own: ColumnElement[bool] = patient_id == only
        return own & cared_for.where(CareRelation.patient_id == only).exists()
    return false()


def patients_cared_for_at(facility_id: UUID) -> Select[UUID]:
    return select(CareRelation.patient_id).where(
        CareRelation.facility_id == facility_id,
        CareRelation.began_at <= func.now() + CLOCKS_DIFFER_BY,
        CareRelation.ends_at > func.now(),
    )


def care_rows(session: ActorSession) -> Select[Any]:
    """Who cared for the reader and cares now: to be fetched in a combined query, each row a facility, on which basis, from and until when."""
    rows: Any = select(
        CareRelation.facility_id, CareRelation.basis, CareRelation.began_at, CareRelation.ends_at
    )
    own: Select[Any] = rows.where(
        CareRelation.patient_id == session.actor.patient_id, readable_by(session, CareRelation.patient_id)
    )
    return own
