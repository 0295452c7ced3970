"""One file from beginning to end, for tests that need a stored picture and nothing of how pictures come in."""

from pathlib import Path
from uuid import UUID

from archive_gateway.ingestion.actions.filing import Filed, file_received
from archive_gateway.ingestion.ingestor import Intake
from archive_gateway.studies.actions.registering import Attribution
from foundation.database.transactions import ActorSession


def store_file(session: ActorSession, path: Path, *, intake: Intake, patient_id: UUID | None = None) -> Filed:
    """Store a file and index it, as the listener does with what a device sends."""
    received = intake.take_in(path)
    try:
        return file_received(session, received, store=intake.store, attribution=Attribution(patient_id))
    finally:
        received.drop()
