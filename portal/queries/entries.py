"""One entry of the reader's own record."""

from uuid import UUID

from sqlalchemy.orm import Session

from emr.queries import EntryReading, entry_to_read
from foundation.actor import Actor


def entry_of(session: Session, entry_id: UUID, *, reader: Actor) -> EntryReading:
    """The entry with its signed versions. Raises NotFound: absent, unsigned, or not the reader's."""
    return entry_to_read(session, entry_id, reader)
