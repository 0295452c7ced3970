"""Bringing a patient into a facility's care: from then on its staff may see the patient."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from foundation import audit
from foundation.clock import now
from foundation.identifiers import new_id
from identity.rules.care import CareBasis
from identity.tables import CareRelation


def begin_care(session: Session, *, patient_id: UUID, facility_id: UUID, basis: CareBasis) -> None:
    """Let the facility care for the patient; saying it twice changes nothing."""
    made = session.connection().execute(
        insert(CareRelation).on_conflict_do_nothing(),
        {
            "id": new_id(),
            "patient_id": patient_id,
            "facility_id": facility_id,
            "basis": basis.value,
            "began_at": now(),
        },
    )
    if made.rowcount:
        audit.record(
            session, act="care.begun", patient_id=patient_id, object_kind="facility", object_id=facility_id
        )
