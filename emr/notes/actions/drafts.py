"""Opening a note to be changed: reading is an act too, and leaves its line."""

from dataclasses import dataclass
from uuid import UUID

from emr.details.queries import VersionDetails, entry_to_read
from emr.notes.queries import NoteToEdit, note_to_edit
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import PatientCard, patient_card


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A note on the desk, being changed; `newest` is the version that was saved meanwhile, where it is asked for."""

    patient: PatientCard
    editing: NoteToEdit
    newest: VersionDetails | None


def open_draft(session: ActorSession, entry_id: UUID, *, compare: bool = False) -> OpenDraft:
    """Open a note to be changed.

    Args:
        compare: with its newest version as it is read, for an author whose text was overtaken by it.

    Raises:
        NotFound: no such note, or not one that the reader may see.
        RuleBroken: somebody else wrote it.
    """
    editing = note_to_edit(session, entry_id)
    patient = patient_card(session, editing.patient_id)
    newest = entry_to_read(session, entry_id).versions[0] if compare else None
    audit.record(
        session, act="draft.opened", patient_id=editing.patient_id, object_kind="entry", object_id=entry_id
    )
    return OpenDraft(patient, editing, newest)
