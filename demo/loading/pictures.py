"""The demo's pictures through the archive's own intake, as if a device had sent them."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from archive_gateway.actions import Attribution
from archive_gateway.intake import Intake, Outcome, file_received
from demo.pictures.files import files_of
from demo.pictures.plan import pictures_of
from demo.region import Region
from foundation.database import ActorSession
from foundation.settings import Settings


def load_pictures(
    settings: Settings, region: Region, opened: Callable[[], AbstractContextManager[ActorSession]]
) -> int:
    """Store every picture, a transaction a study; how many there are.

    Args:
        opened: gives a transaction of the loader.

    Raises:
        RuntimeError: the archive refused one, which would be a fault of the drawings.
    """
    stored = 0
    with Intake.at(settings) as intake:
        for study in pictures_of(region):
            attribution = Attribution(study.citizen.id, region.facility_named[study.facility].id)
            for copy in range(region.size.image_copies):
                with opened() as session:
                    for written in files_of(study, copy=copy):
                        received = intake.take_in_blocks([written], source=study.drawing)
                        filed = file_received(session, received, store=intake.store, attribution=attribution)
                        received.drop()
                        if filed.outcome is not Outcome.STORED:
                            raise RuntimeError(f"{study.drawing}: {filed.outcome.value} {filed.why}")
                        stored += 1
    return stored
