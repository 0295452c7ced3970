"""The application's wall: whose records an actor may ask for. Row-level security says the same again.

Called through the module (`access.readable_by(…)`), so that a test can take this wall away and see the other hold.
"""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, false, func, select
from sqlalchemy.orm import InstrumentedAttribute

from foundation.actor import ActorKind
from foundation.database.transactions import ActorSession
from identity.access.tables import CareRelation


def readable_by(
    session: ActorSession, patient_id: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    """The condition that a row's patient is the reader, or is in the care of the reader's facility."""
    actor = session.actor
    if actor.kind is ActorKind.SYSTEM:
        return patient_id.is_not(None)
    if actor.kind is ActorKind.CITIZEN and actor.patient_id:
        return patient_id == actor.patient_id
    if actor.kind is ActorKind.STAFF and actor.facility_id:
        return patient_id.in_(patients_cared_for_at(actor.facility_id))
    return false()


def patients_cared_for_at(facility_id: UUID) -> Select[UUID]:
    return select(CareRelation.patient_id).where(
        CareRelation.facility_id == facility_id, CareRelation.ends_at > func.now()
    )
