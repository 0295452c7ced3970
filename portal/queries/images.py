"""The reader's own images, with the places where they were taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.queries import StudyCard, studies_of
from foundation.database import ActorSession
from identity.queries import FacilityCard, facility_cards


@dataclass(frozen=True, slots=True)
class Images:
    """Studies, the newest first, and the facilities that they name."""

    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]


def images_of(session: ActorSession) -> Images:
    """The reader's studies."""
    studies = studies_of(session, session.actor.patient_id) if session.actor.patient_id else []
    return Images(studies, facility_cards(session, [study.facility_id for study in studies]))
