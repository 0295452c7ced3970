"""What came of trying the frames of an object is written down once."""

from uuid import UUID

from sqlalchemy import update

from archive_gateway.studies.tables.instances import Instance
from foundation.database.transactions import ActorSession


def record_trial(session: ActorSession, instance_id: UUID, *, tried: int, undecodable: int) -> None:
    """Write how many frames were tried, and how many of them cannot be decoded."""
    session.execute(
        update(Instance)
        .where(Instance.id == instance_id)
        .values(tried_frame_count=tried, undecodable_frame_count=undecodable)
        .execution_options(synchronize_session=False)
    )
