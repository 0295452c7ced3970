"""Documents of entries, found through the reader: which there are, and the bytes of one."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, FromClause, Uuid, cast, column, func, select

from emr.content.rules.attachments import attachments_in, bytes_of
from emr.content.tables import FhirJson
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


def _newest(session: ActorSession, patient_id: UUID, ids: Collection[UUID]) -> FromClause:
    """What these entries, which hold bytes, say now: of the patient alone, so that a reference into another's record opens nothing."""
    if session.actor.shared:
        # A definer function: they open with the shared entry that names them, and are of no kind that a link opens.
        told = func.emr.shared_documents(cast(list(ids), ARRAY(Uuid())))
        return told.table_valued(column("entry_id", Uuid()), column("content", FhirJson())).alias("held")
    newest = (EntrySummary.entry_id == EntryVersion.entry_id) & (EntrySummary.number == EntryVersion.number)
    return (
        select(EntryVersion.entry_id, EntryVersion.content)
        .join(EntrySummary, newest)
        .where(EntryVersion.entry_id.in_(ids), EntryVersion.patient_id == patient_id)
        .where(readable(session, EntryVersion, EntryVersion.author_id))
        .subquery("held")
    )


def _held(session: ActorSession, patient_id: UUID, entry_id: UUID) -> Mapping[str, Any]:
    return session.scalar(select(_newest(session, patient_id, [entry_id]).c.content)) or {}


def _stored(session: ActorSession, patient_id: UUID, ids: Collection[UUID]) -> dict[UUID, StoredDocument]:
    if not ids:
        return {}
    held = _newest(session, patient_id, ids)
    data = func.jsonb_extract_path_text(held.c.content, "data")
    asked: Any = select(
        held.c.entry_id,
        func.jsonb_extract_path_text(held.c.content, "contentType").label("media_type"),
        # Four characters of base64 hold three bytes, the "=" at the end none.
        (func.length(func.rtrim(data, "=")) * 3 / 4).label("size"),
    ).where(data.is_not(None))
    rows = session.execute(asked)
    return {row.entry_id: StoredDocument(row.media_type or "", int(row.size)) for row in rows}
