"""Opening one entry: reading is an act too, and leaves its line in the same transaction."""

from uuid import UUID

from emr.details.queries.entries import entry_to_read
from emr.details.queries.entry_details import EntryDetails
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import PatientCard, patient_card


def open_entry(session: ActorSession, entry_id: UUID) -> tuple[PatientCard, EntryDetails]:
    """Open one entry. Raises NotFound where the reader may not see it."""
    reading = entry_to_read(session, entry_id)
    patient = patient_card(session, reading.patient_id)
    audit.record(
        session, act="entry.opened", patient_id=reading.patient_id, object_kind="entry", object_id=entry_id
    )
    return patient, reading
