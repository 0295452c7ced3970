"""A note as its author edits it."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from uuid import UUID

from emr.entries.queries.changes import newest_version
from emr.entries.rules.signing import require_changeable
from emr.notes.rules import Note, is_note, note_of
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class NoteToEdit:
    """The newest version as it was typed; `amends` where a signed version stands, so that a reason is needed."""

    entry_id: UUID
    patient_id: UUID
    number: int
    note: Note
    reason: str
    amends: bool

    def typed(self, zone: tzinfo) -> dict[str, Any]:
        """The values of the form's fields, times as the region's clocks show them."""
        return {
            "seen_at": self.note.seen_at.astimezone(zone).replace(tzinfo=None),
            "complaints": self.note.complaints,
            "history": self.note.history,
            "examination": self.note.examination,
            "diagnosis_code": self.note.diagnosis_code,
            "diagnosis": self.note.diagnosis,
            "plan": self.note.plan,
            "reason": self.reason,
        }


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
