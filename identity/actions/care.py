"""Bringing a patient into a facility's care: from then on its staff may see the patient."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from foundation import audit
from foundation.bulk import add_rows
from foundation.clock import now
from foundation.identifiers import new_id
from identity.rules.care import CareBasis
from identity.tables import CareRelation


@dataclass(frozen=True, slots=True)
class PastCare:
    """A facility has cared for a patient since `began_at`."""

    patient_id: UUID
    facility_id: UUID
    basis: CareBasis
    began_at: datetime
    id: UUID = field(default_factory=new_id)


def load_care(session: Session, relations: Sequence[PastCare]) -> None:
    """Enter care that began in the past; for loaders. What is known already stays as it is.

    It leaves no line of its own: the line of whatever brought the patient there is written with it.
    """
    rows = [
        {
            "id": each.id,
            "patient_id": each.patient_id,
            "facility_id": each.facility_id,
            "basis": each.basis,
            "began_at": each.began_at,
        }
        for each in relations
    ]
    add_rows(session, CareRelation, rows, known_stay=True)


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
