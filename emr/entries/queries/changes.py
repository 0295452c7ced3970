"""Entries and their newest versions as those who change them need them: locked, and found through the reader."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from emr.entries.enumerations import Kind
from emr.entries.queries.versions import signature_of_version
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access


@dataclass(frozen=True, slots=True)
class NewestVersion:
    """An entry and its newest version, signed or not."""

    entry_id: UUID
    patient_id: UUID
    kind: Kind
    number: int
    content: dict[str, Any]
    content_sha256: str
    previous_sha256: str
    author_id: UUID | None
    reason: str
    signed: bool
    signed_number: int

    @property
    def ever_signed(self) -> bool:
        return self.signed_number > 0


def entry_to_change(session: ActorSession, entry_id: UUID) -> NewestVersion:
    """The newest version, with the entry locked until the transaction ends.

    Raises:
        NotFound: no such entry, or its patient is not in the reader's care, or it is another's and unsigned.
    """
    # Rows that may never be updated cannot be locked as rows; the lock is on the entry's number instead.
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(entry_id), 0))))
    return newest_version(session, entry_id)


def newest_version(session: ActorSession, entry_id: UUID) -> NewestVersion:
    """The newest version that the reader may see. Raises NotFound like `entry_to_change`."""
    row = session.execute(
        select(Entry.kind, EntryVersion, Signature.number.label("signed_as"))
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .outerjoin(Signature, signature_of_version())
        .where(Entry.id == entry_id)
        .where(access.readable_by(session, Entry.patient_id))
        .where((EntryVersion.author_id == session.actor.staff_id) | Signature.number.is_not(None))
        .order_by(EntryVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such entry.")
    version = row.EntryVersion
    signed_number = session.scalar(select(func.max(Signature.number)).where(Signature.entry_id == entry_id))
    return NewestVersion(
        entry_id=entry_id,
        patient_id=version.patient_id,
        kind=Kind(row.kind),
        number=version.number,
        content=version.content,
        content_sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
        author_id=version.author_id,
        reason=version.reason,
        signed=row.signed_as is not None,
        signed_number=signed_number or 0,
    )
