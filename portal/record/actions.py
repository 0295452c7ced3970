"""Opening one's own record: reading is an act, and is written down."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from emr.details.queries.entries import entry_to_read
from emr.details.queries.entry_details import EntryDetails
from emr.hidings.queries import hidden_since
from foundation import audit
from foundation.database.transactions import ActorSession
from portal.record.queries import Timeline, timeline_for


def open_timeline(
    session: ActorSession, *, kind: str | None, year: int | None, before: str | None
) -> Timeline:
    """One page of the reader's own timeline."""
    audit.record(session, act="timeline.opened", patient_id=session.actor.patient_id)
    return timeline_for(session, kind=kind, year=year, before=before)


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """An entry of the reader's own in full, and since when they hide it from the staff, if they do."""

    entry: EntryDetails
    hidden_since: datetime | None


def open_entry(session: ActorSession, entry_id: UUID) -> OwnEntry:
    """One entry in full. Raises NotFound: absent, unsigned, or not the reader's."""
    entry = entry_to_read(session, entry_id)
    audit.record(
        session,
        act="entry.opened",
        patient_id=session.actor.patient_id,
        object_kind="entry",
        object_id=entry_id,
    )
    return OwnEntry(entry, hidden_since(session, entry_id) if entry.hidden else None)
