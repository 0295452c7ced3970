"""What was set aside already."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select

from archive_gateway.ingestion.tables import QuarantinedFile
from foundation.database.transactions import ActorSession


class QuarantineUse(NamedTuple):
    """What the quarantine holds."""

    files: int
    bytes: int


def quarantine_use(session: ActorSession) -> QuarantineUse:
    asked = select(func.count(), func.coalesce(func.sum(QuarantinedFile.size), 0))
    files, held = session.execute(asked).one()
    return QuarantineUse(files, int(held))


def content_is_quarantined(session: ActorSession, content_sha256: str) -> bool:
    asked = select(QuarantinedFile.id).where(QuarantinedFile.content_sha256 == content_sha256)
    return session.scalar(asked) is not None


class QuarantinedCard(NamedTuple):
    """A file that was set aside, as an operator is told of it; `content_sha256` is its name in the store's quarantine."""

    arrived_at: datetime
    calling_ae_title: str
    sop_instance_uid: str
    why: str
    source: str
    size: int
    content_sha256: str


def quarantined_files(session: ActorSession) -> list[QuarantinedCard]:
    """Every file that was set aside, the newest first."""
    columns = [getattr(QuarantinedFile, name) for name in QuarantinedCard._fields]
    asked = select(*columns).order_by(QuarantinedFile.arrived_at.desc(), QuarantinedFile.id)
    return [QuarantinedCard(*row) for row in session.execute(asked)]
