"""Documents of entries, found through the reader: which there are, and the bytes of one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from emr.content.rules.attachments import attachments_in, bytes_of
from emr.documents.rules import (
    Document,
    DocumentLink,
    StoredDocument,
    link_of,
    media_type_of,
    own_data,
    stored_id,
    title_of,
)
from emr.entries.queries.versions import signature_of_version
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from emr.sensitivity.queries import readable
from emr.summaries.tables import EntrySummary
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound


def document_links(
    session: ActorSession, patient_id: UUID, contents: Sequence[Mapping[str, Any]]
) -> list[list[DocumentLink]]:
    """The documents of each of these resources, all of one patient."""
    documents = [attachments_in(content) for content in contents]
    ids = {key for each in documents for attachment in each if (key := stored_id(attachment))}
    stored = _stored(session, patient_id, ids)
    return [
        [link_of(position, each, content, stored) for position, each in enumerate(attachments, start=1)]
        for content, attachments in zip(contents, documents, strict=True)
    ]


def document_to_read(
    session: ActorSession, entry_id: UUID, *, number: int, position: int
) -> tuple[UUID, Document]:
    """The patient, and the document at that position (from 1) of that version of the entry.

    Raises:
        NotFound: no such version or document, its bytes are not here, or the reader may not see it.
    """
    version = session.scalar(
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry_id, EntryVersion.number == number)
        .where(readable(session, EntryVersion, EntryVersion.author_id))
        .where((EntryVersion.author_id == session.actor.staff_id) | _signed())
    )
    if version is None:
        raise NotFound("There is no such entry.")
    attachment = dict(enumerate(attachments_in(version.content), start=1)).get(position, {})
    content = own_data(attachment, version.content)
    media_type = media_type_of(attachment)
    if content is None and (key := stored_id(attachment)):
        held = _held(session, version.patient_id, key)
        content, media_type = bytes_of(held.get("data")), media_type or media_type_of(held)
    if content is None:
        raise NotFound("There is no such document.")
    return version.patient_id, Document(title_of(attachment, version.content), media_type, content)


def _signed() -> ColumnElement[bool]:
    return select(Signature.id).where(signature_of_version()).exists()


def _newest(asked: Any, session: ActorSession, patient_id: UUID) -> Any:
    """Of the patient alone: a reference into another's record opens nothing."""
    return (
        asked.join(
            EntrySummary,
            (EntrySummary.entry_id == EntryVersion.entry_id) & (EntrySummary.number == EntryVersion.number),
        )
        .where(EntryVersion.patient_id == patient_id)
        .where(readable(session, EntryVersion, EntryVersion.author_id))
    )


def _held(session: ActorSession, patient_id: UUID, entry_id: UUID) -> Mapping[str, Any]:
    asked = select(EntryVersion.content).where(EntryVersion.entry_id == entry_id)
    return session.scalar(_newest(asked, session, patient_id)) or {}


def _stored(session: ActorSession, patient_id: UUID, ids: Collection[UUID]) -> dict[UUID, StoredDocument]:
    if not ids:
        return {}
    data = func.jsonb_extract_path_text(EntryVersion.content, "data")
    asked: Any = select(
        EntryVersion.entry_id,
        func.jsonb_extract_path_text(EntryVersion.content, "contentType").label("media_type"),
        # Four characters of base64 hold three bytes, the "=" at the end none.
        (func.length(func.rtrim(data, "=")) * 3 / 4).label("size"),
    ).where(EntryVersion.entry_id.in_(ids), data.is_not(None))
    rows = session.execute(_newest(asked, session, patient_id))
    return {row.entry_id: StoredDocument(row.media_type or "", int(row.size)) for row in rows}
