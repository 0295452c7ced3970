"""What came of trying the frames of an object is written down."""

from uuid import UUID

from sqlalchemy import update

from archive_gateway.studies.tables.instances import Instance
from foundation.database.transactions import ActorSession


def record_trial(
    session: ActorSession, instance_id: UUID, *, tried_before: int, tried: int, undecodable: int
) -> None:
    """Write how many more frames were tried, and how many of these cannot be decoded.

    Nothing, where somebody else has tried them meanwhile.
    """
    session.execute(
        update(Instance)
        .where(Instance.id == instance_id, Instance.tried_frame_count == tried_before)
        .values(
            tried_frame_count=tried_before + tried,
            undecodable_frame_count=Instance.undecodable_frame_count + undecodable,
        )
        .execution_options(synchronize_session=False)
    )
