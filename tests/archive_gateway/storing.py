"""One file from beginning to end, for tests that need a stored picture and nothing of how pictures come in."""

from pathlib import Path
from uuid import UUID

from archive_gateway.ingestion.actions.storing import StoringResult, store_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.studies.actions.registering import Attribution
from foundation.database.transactions import ActorSession


def store_file(
    session: ActorSession, path: Path, *, ingestor: Ingestor, patient_id: UUID | None = None
) -> StoringResult:
    """Store a file and index it, as the listener does with what a device sends."""
    received = ingestor.ingest(path)
    try:
        return store_received(session, received, store=ingestor.store, attribution=Attribution(patient_id))
    finally:
        received.discard()
