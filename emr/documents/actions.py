"""Opening a document: its bytes leave only together with the line that says so."""

from uuid import UUID

from emr.documents.queries import document_to_read
from emr.documents.rules import Document
from foundation import audit
from foundation.database.transactions import ActorSession


def open_document(session: ActorSession, entry_id: UUID, *, number: int, position: int) -> Document:
    """One document of one version of an entry. Raises NotFound: absent, not here, or not the reader's to see."""
    patient_id, document = document_to_read(session, entry_id, number=number, position=position)
    audit.record(
        session, act="document.opened", patient_id=patient_id, object_kind="entry", object_id=entry_id
    )
    return document
