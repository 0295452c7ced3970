"""The reader's own images."""

from sqlalchemy.orm import Session

from archive_gateway.queries import StudyCard, studies_of
from foundation.actor import Actor


def images_of(session: Session, *, reader: Actor) -> list[StudyCard]:
    """The reader's studies, the newest first."""
    return studies_of(session, reader.patient_id, reader) if reader.patient_id else []
