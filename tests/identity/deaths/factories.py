"""Deaths that were recorded, for tests."""

from datetime import date
from uuid import UUID

from foundation.clock import today
from foundation.database.transactions import ActorSession
from identity.deaths.actions import record_death, undo_death
from identity.deaths.enumerations import DeathDocumentKind, UndoingReason
from identity.deaths.queries import deaths_of_patient
from identity.deaths.rules import DeathDocument

SEEN = DeathDocument(DeathDocumentKind.DEATH_CERTIFICATE, "II-РА 123456")


def died(session: ActorSession, patient_id: UUID, *, on: date | None = None) -> UUID:
    """Record the patient's death as the actor: which death it is."""
    record_death(session, patient_id, died_on=on or today(), seen=SEEN)
    standing = deaths_of_patient(session, patient_id).standing
    assert standing is not None
    return standing.id


def undone(session: ActorSession, patient_id: UUID, death_id: UUID) -> None:
    undo_death(session, patient_id, death_id, reason=UndoingReason.ANOTHER_PERSON)
