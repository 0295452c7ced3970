"""Finding a patient: that somebody was found or looked at leaves its line."""

from uuid import UUID

from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.reading_pace import count_reading
from identity.patients.queries.patients import FoundPatients, PatientCard, find_patients, patient_card


def open_patient(session: ActorSession, patient_id: UUID) -> PatientCard:
    """Who a patient is, for a form about them. Raises NotFound where the patient is not in the reader's care."""
    patient = patient_card(session, patient_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return patient


def search_patients(session: ActorSession, *, text: str) -> FoundPatients:
    """Patients in the care of the reader's facility; that each was found stands in their list of accesses.

    A search counts like a record that is opened: lists of names are read in bulk as records are.

    Raises:
        BadInput: a part of the text makes no sense.
    """
    count_reading(session, new_id())
    found = find_patients(session, text=text)
    for patient in found.patients:
        audit.record(
            session, act="patient.found", patient_id=patient.id, object_kind="patient", object_id=patient.id
        )
    return found
