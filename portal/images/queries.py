"""The reader's own images, with the places where they were taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from archive_gateway.studies.queries.studies import StudyCard, studies_from, study_selects
from foundation.database.combined_query import CombinedQuery
from foundation.database.transactions import ActorSession
from identity.facilities.queries import FacilityCard, facilities_from


@dataclass(frozen=True, slots=True)
class Images:
    """Studies, the newest first, and the facilities that they name."""

    studies: Sequence[StudyCard]
    facilities: Mapping[UUID, FacilityCard]


def images_of(session: ActorSession) -> Images:
    """The reader's studies."""
    answer = IMAGES.fetch(session)
    return Images(studies_from(answer), facilities_from(answer.study_places))


IMAGES = CombinedQuery(lambda session: study_selects(session, session.actor.patient_id))
