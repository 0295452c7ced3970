"""Writing a consultation note: a first version, and further ones. Nothing is written over."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert

from emr.entries.enumerations import Kind
from emr.entries.queries.changes import entry_to_change, newest_version
from emr.entries.rules.signing import require_changeable, require_reason
from emr.entries.rules.times import require_in_lifetime
from emr.entries.tables.entries import Entry, EntryVersion
from emr.notes.rules import Authorship, Note, composition_of, note_of, require_writable
from foundation import audit
from foundation.clock import local, now
from foundation.database.transactions import ActorSession
from foundation.errors import NotAllowed, NotFound, Stale
from foundation.identifiers import new_id
from identity.facilities.queries import facility_cards
from identity.patients.queries.patients import patient_card
from identity.staff.queries import staff_cards


def write_note(session: ActorSession, patient_id: UUID, *, note: Note, entry_id: UUID | None = None) -> UUID:
    """Begin an entry with a first, unsigned version that only its author sees. Returns the entry.

    Args:
        entry_id: the identity that was made when the form was opened: under one identity an author begins a note once.
            Where somebody else's stands under it, as where two share a desk, the note gets one of its author's own.

    Raises:
        NotFound: the patient is not in the care of the author's facility.
        BadInput: the note cannot be written down.
        Stale: it was begun already, and says something else.
    """
    require_writable(note)
    _require_in_lifetime(session, patient_id, note)
    entry_id = entry_id or new_id()
    if _begin(session, patient_id, note, entry_id):
        return entry_id
    if not _is_same(session, patient_id, note, entry_id):
        # Always the same one, so that what is sent twice still begins one note.
        entry_id = uuid5(entry_id, str(session.actor.staff_id))
        if not _begin(session, patient_id, note, entry_id) and not _is_same(
            session, patient_id, note, entry_id
        ):
            raise Stale("It was not saved yet. Save it once more: all that you typed is here.")
    return entry_id


def _begin(session: ActorSession, patient_id: UUID, note: Note, entry_id: UUID) -> bool:
    added = session.connection().execute(
        insert(Entry).on_conflict_do_nothing(),
        {
            "id": entry_id,
            "patient_id": patient_id,
            "kind": Kind.NOTE.value,
            "facility_id": session.actor.facility_id,
        },
    )
    if added.rowcount:
        _add_version(session, note, _Place(entry_id, patient_id))
    return bool(added.rowcount)


def _is_same(session: ActorSession, patient_id: UUID, note: Note, entry_id: UUID) -> bool:
    """Whether this note was begun under this identity; another's may be. Raises Stale: its author's says something else."""
    try:
        newest = newest_version(session, entry_id)
    except NotFound:
        return False
    if not newest.own or newest.patient_id != patient_id:
        return False
    if note_of(newest.content) != note:
        raise Stale("This note was saved before. What you typed now stands beside what was saved.")
    return True


def save_note(
    session: ActorSession, entry_id: UUID, *, note: Note, seen_number: int, reason: str = ""
) -> int:
    """Add a version to a note. Returns its number; what is the same as before is not written again.

    Args:
        seen_number: the version that the author had before them while typing.
        reason: why a signed entry is changed; the patient reads it.

    Raises:
        NotFound, RuleBroken, Stale, BadInput: it is not the author's, has changed meanwhile, or may not be so.
    """
    newest = entry_to_change(session, entry_id)
    require_changeable(own=newest.own, fresh=newest.number == seen_number)
    require_reason(amends=newest.ever_signed, reason=reason or newest.reason)
    require_writable(note)
    _require_in_lifetime(session, newest.patient_id, note)
    place = _Place(
        entry_id,
        newest.patient_id,
        number=newest.number + 1,
        reason=reason or newest.reason,
        amends=newest.ever_signed,
    )
    return _add_version(session, note, place)


def _require_in_lifetime(session: ActorSession, patient_id: UUID, note: Note) -> None:
    born = patient_card(session, patient_id).birth_date
    require_in_lifetime(local(note.seen_at), born=born, at=now())


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a version stands in its entry; by default it is the first."""

    entry_id: UUID
    patient_id: UUID
    number: int = 1
    reason: str = ""
    amends: bool = False


def _add_version(session: ActorSession, note: Note, place: _Place) -> int:
    actor, by = session.actor, _authorship(session, place.patient_id)
    content = composition_of(note, entry_id=place.entry_id, by=by, amends=place.amends)
    session.connection().execute(
        insert(EntryVersion),
        {
            "entry_id": place.entry_id,
            "number": place.number,
            "patient_id": place.patient_id,
            "content": content,
            "author_id": actor.staff_id,
            "author_role": actor.role,
            "facility_id": actor.facility_id,
            "effective_at": note.seen_at,
            "reason": place.reason,
        },
    )
    audit.record(
        session,
        act="entry.written",
        patient_id=place.patient_id,
        object_kind="entry",
        object_id=place.entry_id,
    )
    return place.number


def _authorship(session: ActorSession, patient_id: UUID) -> Authorship:
    actor = session.actor
    if actor.staff_id is None or actor.facility_id is None:
        raise NotAllowed("Only a doctor at their post writes in the record.")
    staff: dict[UUID, Any] = staff_cards(session, [actor.staff_id])
    facilities = facility_cards(session, [actor.facility_id])
    return Authorship(
        patient_id=patient_id,
        author_id=actor.staff_id,
        author_name=staff[actor.staff_id].full_name,
        facility_id=actor.facility_id,
        facility_name=facilities[actor.facility_id].name.ru,
    )
