"""What was set aside already."""

from sqlalchemy import select

from archive_gateway.ingestion.tables import QuarantinedFile
from foundation.database.transactions import ActorSession


def content_is_quarantined(session: ActorSession, content_sha256: str) -> bool:
    asked = select(QuarantinedFile.id).where(QuarantinedFile.content_sha256 == content_sha256)
    return session.scalar(asked) is not None
