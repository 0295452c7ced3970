"""Versions as they are stored, with their signatures: for whoever draws from them or doubts them."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarResult, select
from sqlalchemy.dialects.postgresql import distinct_on

from emr.content.rules.digests import digest_fault, signed_digest
from emr.entries.enumerations import Kind
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from foundation.database.transactions import ActorSession


def signature_of_version() -> ColumnElement[bool]:
    """That the signature is the version's own: what to join `Signature` to `EntryVersion` by."""
    return (Signature.entry_id == EntryVersion.entry_id) & (Signature.number == EntryVersion.number)


def patients_with_entries(session: ActorSession) -> ScalarResult[UUID]:
    """Everybody in whose record something stands."""
    return session.scalars(select(Entry.patient_id).distinct().order_by(Entry.patient_id))


def some_patients_with_entries(session: ActorSession, *, after: UUID | None, at_once: int) -> list[UUID]:
    """So many of them, in one order, after that one."""
    asked = select(Entry.patient_id).distinct().order_by(Entry.patient_id).limit(at_once)
    return list(session.scalars(asked if after is None else asked.where(Entry.patient_id > after)))


def newest_signed_of_patients(session: ActorSession, patient_ids: Collection[UUID]) -> list[Row[Any]]:
    """The newest signed version of each entry of these patients, as the columns that a summary is drawn from."""
    return _newest_signed(session, EntryVersion.patient_id.in_(patient_ids))


def newest_signed_of_entry(session: ActorSession, entry_id: UUID) -> list[Row[Any]]:
    """The same of one entry; none where no version is signed."""
    return _newest_signed(session, EntryVersion.entry_id == entry_id)


def newest_signed_diagnoses(session: ActorSession, patient_id: UUID) -> list[Row[Any]]:
    """The same of a patient's diagnoses alone."""
    return _newest_signed(session, (EntryVersion.patient_id == patient_id) & (Entry.kind == Kind.DIAGNOSIS))


def restrictions_of_entries(session: ActorSession) -> dict[tuple[UUID, UUID], frozenset[str]]:
    """What restricts each entry that something restricts, by it and its patient."""
    asked = select(Entry.id, Entry.patient_id, Entry.restrictions).where(Entry.restrictions.is_not(None))
    return {(row.id, row.patient_id): frozenset(row.restrictions or ()) for row in session.execute(asked)}


def _newest_signed(session: ActorSession, of_whom: ColumnElement[bool]) -> list[Row[Any]]:
    return list(
        session.execute(
            select(
                EntryVersion.entry_id,
                EntryVersion.patient_id,
                EntryVersion.number,
                EntryVersion.content,
                EntryVersion.effective_at,
                EntryVersion.recorded_at,
                EntryVersion.author_id,
                Entry.kind,
                Entry.facility_id,
                Entry.source_system,
                Entry.restrictions,
            )
            .join(Entry, Entry.id == EntryVersion.entry_id)
            .join(Signature, signature_of_version())
            .where(of_whom)
            .ext(distinct_on(EntryVersion.entry_id))
            .order_by(EntryVersion.entry_id, EntryVersion.number.desc())
        )
    )


def integrity_fault_of(version: EntryVersion, signed_sha256: str | None) -> str:
    """What was changed behind our back: "content", "signature", or "" where the version is as it was written."""
    return digest_fault(
        version.content,
        content_sha256=version.content_sha256,
        signed_sha256=signed_sha256,
        expected_sha256=signed_digest(
            entry_id=version.entry_id,
            number=version.number,
            content_sha256=version.content_sha256,
            previous_sha256=version.previous_sha256,
        ),
    )
