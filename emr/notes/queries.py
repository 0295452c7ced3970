"""A note as its author edits it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from emr.drafts.queries import KeptDraft, draft_from, patient_and_draft_selects
from emr.entries.queries.changes import newest_version
from emr.entries.rules.signing import require_changeable
from emr.entries.tables.entries import EntryVersion
from emr.notes.rules import Note, is_note, note_of
from emr.sensitivity.queries import readable
from foundation.clock import local
from foundation.database.combined_query import CombinedQuery, Selects, together
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.patients.queries.patients import PatientCard, patient_from


@dataclass(frozen=True, slots=True)
class NoteToEdit:
    """The newest version as it was typed; `amends` where a signed version stands, so that a reason is needed."""

    entry_id: UUID
    patient_id: UUID
    number: int
    note: Note
    reason: str
    amends: bool

    @property
    def typed(self) -> dict[str, Any]:
        """The values of the form's fields, times as the region's clocks show them."""
        return {
            "seen_at": local(self.note.seen_at).replace(tzinfo=None),
            "complaints": self.note.complaints,
            "history": self.note.history,
            "examination": self.note.examination,
            "diagnosis_code": self.note.diagnosis_code,
            "diagnosis": self.note.diagnosis,
            "plan": self.note.plan,
            **{f"label_{each.name.lower()}": True for each in self.note.labels},
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class NewNote:
    """A note that is not saved yet: of whom, and what was typed so far; `written` where it was saved after all."""

    patient: PatientCard
    draft: KeptDraft | None
    written: bool


def new_note(session: ActorSession, patient_id: UUID, draft_id: UUID) -> NewNote:
    """What there is of a note under the identity that its form was opened with. Raises NotFound without the patient."""
    answer = NEW_NOTE.fetch(session, patient_id=patient_id, draft_id=draft_id)
    return NewNote(patient_from(answer.about), draft_from(answer.draft), written=bool(answer.written))


def note_to_edit(session: ActorSession, entry_id: UUID) -> NoteToEdit:
    """The note that its author may change.

    Raises:
        NotFound: no such note, or not one that the reader may see.
        RuleBroken: somebody else wrote it.
    """
    newest = newest_version(session, entry_id)
    require_changeable(own=newest.own)
    if not is_note(newest.content):
        raise NotFound("There is no such entry.")
    return NoteToEdit(
        entry_id=entry_id,
        patient_id=newest.patient_id,
        number=newest.number,
        note=note_of(newest.content),
        reason="" if newest.signed else newest.reason,
        amends=newest.ever_signed,
    )


def _new_note(session: ActorSession, patient_id: Any, draft_id: Any) -> Selects:
    written: Any = select(EntryVersion.number).where(EntryVersion.entry_id == draft_id)
    own = written.where(
        EntryVersion.author_id == session.actor.staff_id, EntryVersion.patient_id == patient_id
    )
    own = own.where(readable(session, EntryVersion, EntryVersion.author_id))
    return together(patient_and_draft_selects(session, patient_id, draft_id), {"written": own.limit(1)})


NEW_NOTE = CombinedQuery(lambda session, **values: _new_note(session, **values))
