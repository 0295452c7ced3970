"""Storing one file from beginning to end: for the demo generator, and wherever there is only one."""

from pathlib import Path
from uuid import UUID

from archive_gateway.intake.filing import Filed, file_received
from archive_gateway.intake.taking_in import Intake
from foundation.database import ActorSession


def store_file(
    session: ActorSession,
    path: Path,
    *,
    intake: Intake,
    patient_id: UUID | None = None,
    facility_id: UUID | None = None,
) -> Filed:
    """Store a file and index it; what is known already changes nothing.

    Args:
        patient_id: whose it is; without, the identifier in the file decides.
        facility_id: where it was made; without, the institution's name in the file decides.
    """
    received = intake.take_in(path)
    try:
        return file_received(
            session, received, store=intake.store, patient_id=patient_id, facility_id=facility_id
        )
    finally:
        received.drop()
