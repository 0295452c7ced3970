"""The reader's own images, with the places where they were taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from archive_gateway.queries import StudyCard, studies_of
from foundation.actor import Actor
from identity.queries import FacilityCard, facility_cards


@dataclass(frozen=True, slots=True)
class Images:
    """Studies, the newest first, and the facilities that they name."""

    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]


def images_of(session: Session, *, reader: Actor) -> Images:
    """The reader's studies."""
    studies = studies_of(session, reader.patient_id, reader) if reader.patient_id else []
    return Images(studies, facility_cards(session, [study.facility_id for study in studies]))
