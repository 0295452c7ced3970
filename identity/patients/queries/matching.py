"""Who may be meant by an identifier of unknown system: devices send a bare number."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from foundation.database.transactions import ActorSession
from foundation.sealing import keyed_digests
from identity.patients.tables import Patient, PatientIdentifier
from identity.people.enumerations import Birth
from identity.people.rules import snils


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient with the identifier that was asked for. `national`: it is their SNILS, not some place's own number."""

    patient_id: UUID
    family_name: str
    birth: Birth
    national: bool


def patients_known_as(session: ActorSession, value: str) -> Sequence[KnownPatient]:
    """Patients with this identifier in any system (SNILS in any writing), each once; for loaders."""
    forms = {value, snils.normal_snils(value) or value}
    found = session.execute(
        select(
            Patient.id,
            Patient.family_name,
            Patient.birth_date,
            Patient.birth_precision,
            PatientIdentifier.system,
        )
        .join(PatientIdentifier, PatientIdentifier.patient_id == Patient.id)
        .where(
            PatientIdentifier.value_digest.in_([digest for each in forms for digest in keyed_digests(each)])
        )
    ).all()
    by_snils = {row.id for row in found if row.system == snils.SNILS_SYSTEM}
    return [
        KnownPatient(row.id, row.family_name, Birth(row.birth_date, row.birth_precision), row.id in by_snils)
        for row in {row.id: row for row in found}.values()
    ]
