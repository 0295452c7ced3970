"""Whether a death is recorded, and the deaths of a patient as a registrar sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access
from identity.access.enumerations import Thing
from identity.deaths.enumerations import DeathDocumentKind, UndoingReason
from identity.deaths.tables import RecordedDeath, UndoneDeath
from identity.facilities.queries import FacilityCard, facilities_from, facility_rows
from identity.patients.queries.patients import PatientCard, patient_from, patient_rows
from identity.patients.tables import Patient


@dataclass(frozen=True, slots=True)
class DeathCard:
    """A death was recorded, and perhaps undone."""

    id: UUID
    died_on: date
    document_kind: DeathDocumentKind
    facility_id: UUID
    recorded_at: datetime
    undone_at: datetime | None
    undone_for: UndoingReason | None


@dataclass(frozen=True, slots=True)
class DeathsOfPatient:
    """The newest first; at most one of them stands."""

    patient: PatientCard
    deaths: Sequence[DeathCard]
    facilities: Mapping[UUID, FacilityCard]

    @property
    def standing(self) -> DeathCard | None:
        return next((each for each in self.deaths if each.undone_at is None), None)


def has_died(session: ActorSession, patient_id: UUID) -> bool:
    """Whether a registrar has recorded the patient's death; for the patient, the worker, and who may know the patient."""
    recorded = select(Patient.recorded_death_on).where(
        Patient.id == patient_id, access.readable_by(session, Thing.DEMOGRAPHICS, Patient.id)
    )
    return session.scalar(recorded) is not None


def deaths_of_patient(session: ActorSession, patient_id: UUID) -> DeathsOfPatient:
    """Raises NotFound: no such patient, or not one whom the reader may know."""
    answer = DEATHS.fetch(session, patient_id=patient_id)
    return DeathsOfPatient(
        patient=patient_from(answer.opened),
        deaths=[_card(row) for row in answer.deaths],
        facilities=facilities_from(answer.facilities),
    )


def _deaths(session: ActorSession, *, patient_id: Any) -> Selects:
    deaths = _rows(session, patient_id).cte("deaths")
    return {
        "opened": patient_rows(session, patient_id),
        "deaths": select(deaths).order_by(deaths.c.recorded_at.desc(), deaths.c.id),
        "facilities": facility_rows(select(deaths.c.facility_id)),
    }


DEATHS = CombinedQuery(_deaths)


def _rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    told: Any = select(
        RecordedDeath.id,
        RecordedDeath.died_on,
        RecordedDeath.document_kind,
        RecordedDeath.facility_id,
        RecordedDeath.recorded_at,
        UndoneDeath.undone_at,
        UndoneDeath.reason,
    )
    rows: Select[Any] = (
        told.outerjoin(UndoneDeath, UndoneDeath.death_id == RecordedDeath.id)
        .where(RecordedDeath.patient_id == patient_id)
        .where(access.readable_by(session, Thing.DEMOGRAPHICS, RecordedDeath.patient_id))
    )
    return rows


def _card(row: Any) -> DeathCard:
    return DeathCard(
        row.id,
        row.died_on,
        DeathDocumentKind(row.document_kind),
        row.facility_id,
        row.recorded_at,
        row.undone_at,
        UndoingReason(row.reason) if row.reason else None,
    )
