"""Who may be meant by an identifier of unknown system: devices send a bare number."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.sealing import keyed_digest
from identity.rules.snils import normal_snils
from identity.tables import Patient, PatientIdentifier


def patients_known_as(session: Session, value: str) -> dict[UUID, date]:
    """Patients with this identifier in any system (SNILS in any writing), and their birth dates; for loaders."""
    forms = {value, normal_snils(value) or value}
    found = session.execute(
        select(Patient.id, Patient.birth_date)
        .join(PatientIdentifier, PatientIdentifier.patient_id == Patient.id)
        .where(PatientIdentifier.value_digest.in_([keyed_digest(each) for each in forms]))
    )
    return {patient_id: birth_date for patient_id, birth_date in found}
