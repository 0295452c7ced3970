"""Opening a note to be changed: reading is an act too, and leaves its line."""

from dataclasses import dataclass
from uuid import UUID

from emr.details.queries.entries import entry_to_read
from emr.details.queries.entry_details import VersionDetails
from emr.drafts.queries import KeptDraft, patient_and_draft
from emr.notes.queries import NewNote, NoteToEdit, new_note, note_to_edit
from foundation import audit
from foundation.database.transactions import ActorSession
from identity.patients.queries.patients import PatientCard


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """A note on the desk, being changed, with what its author has typed and not saved.

    `newest` is the version that was saved meanwhile, where it is asked for.
    """

    patient: PatientCard
    editing: NoteToEdit
    newest: VersionDetails | None
    typed: KeptDraft | None


def open_new_note(session: ActorSession, patient_id: UUID, draft_id: UUID) -> NewNote:
    """Open the form of a new note. Raises NotFound where the patient is not in the reader's care."""
    opened = new_note(session, patient_id, draft_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return opened


def open_draft(session: ActorSession, entry_id: UUID, *, compare: bool = False) -> OpenDraft:
    """Open a note to be changed.

    Args:
        compare: with its newest version as it is read, for an author whose text was overtaken by it.

    Raises:
        NotFound: no such note, or not one that the reader may see.
        RuleBroken: somebody else wrote it.
    """
    editing = note_to_edit(session, entry_id)
    patient, typed = patient_and_draft(session, editing.patient_id, entry_id)
    newest = entry_to_read(session, entry_id).versions[0] if compare else None
    audit.record(
        session, act="draft.opened", patient_id=editing.patient_id, object_kind="entry", object_id=entry_id
    )
    return OpenDraft(patient, editing, newest, typed)
