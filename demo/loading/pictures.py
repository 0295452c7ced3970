"""The demo's pictures through the archive's own ingestion, as if a device had sent them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from archive_gateway.ingestion.actions.study_loading import load_study
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import Origin, ParsedInstance
from archive_gateway.studies.actions.registering import Attribution
from demo.pictures.files import files_of
from demo.pictures.plan import PictureStudy, pictures_of
from demo.region import Region
from foundation.database.transactions import ActorSession
from foundation.settings import Settings


@dataclass(frozen=True)
class StoredStudy:
    """A study whose bytes are in the store, and which the index does not know yet."""

    attribution: Attribution
    objects: Sequence[ParsedInstance]


def store_pictures(settings: Settings, region: Region) -> list[StoredStudy]:
    """Draw every picture and store it; needs no database. When this returns, all of them survive a power cut.

    Raises:
        RuntimeError: the archive refused one, which would be a fault of the drawings.
    """
    with Ingestor.at(settings, sync_later=True) as ingestor:
        stored = [
            StoredStudy(Attribution(study.citizen.id, region.facility_named[study.facility].id), objects)
            for study in pictures_of(region)
            for objects in _taken_in(ingestor, study, copies=region.size.image_copies)
        ]
        ingestor.store.sync()
    return stored


def load_pictures(session: ActorSession, studies: Sequence[StoredStudy]) -> int:
    """Enter them into the index; how many pictures there are."""
    for each in studies:
        load_study(session, each.objects, each.attribution)
    return sum(len(each.objects) for each in studies)


def _taken_in(ingestor: Ingestor, study: PictureStudy, *, copies: int) -> Iterator[list[ParsedInstance]]:
    for copy in range(copies):
        objects = []
        for written in files_of(study, copy=copy):
            received = ingestor.ingest_blocks([written], origin=Origin(study.drawing))
            if not isinstance(received, ParsedInstance):
                raise RuntimeError(f"{study.drawing}: {received.why}")
            received.put_into(ingestor.store)
            objects.append(received)
        yield objects
