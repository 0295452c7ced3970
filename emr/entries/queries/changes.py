"""Entries and their newest versions as those who change them need them: locked, and found through the reader."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from emr.sensitivity.queries import readable
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound


@dataclass(frozen=True, slots=True)
class NewestVersion:
    """An entry's newest version, signed or not.

    Attributes:
        own: the reader wrote it.
        signed_number: the newest that is signed, 0 where none is.
    """

    entry_id: UUID
    patient_id: UUID
    number: int
    content: dict[str, Any]
    content_sha256: str
    previous_sha256: str
    reason: str
    own: bool
    signed_number: int

    @property
    def signed(self) -> bool:
        return self.signed_number == self.number

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
    reader_id = session.actor.staff_id
    signed_number = select(func.max(Signature.number)).where(Signature.entry_id == entry_id).scalar_subquery()
    row = session.execute(
        select(EntryVersion, func.coalesce(signed_number, 0).label("signed_number"))
        .where(EntryVersion.entry_id == entry_id)
        .where(readable(session, EntryVersion, EntryVersion.author_id))
        .where((EntryVersion.author_id == reader_id) | (EntryVersion.number == signed_number))
        .order_by(EntryVersion.number.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound("There is no such entry.")
    version = row.EntryVersion
    return NewestVersion(
        entry_id=entry_id,
        patient_id=version.patient_id,
        number=version.number,
        content=version.content,
        content_sha256=version.content_sha256,
        previous_sha256=version.previous_sha256,
        reason=version.reason,
        own=version.author_id is not None and version.author_id == reader_id,
        signed_number=row.signed_number,
    )
