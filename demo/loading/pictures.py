"""The demo's pictures through the archive's own intake, as if a device had sent them."""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from archive_gateway.intake import Intake, Outcome, store_file
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
    with Intake.at(settings) as intake, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picture.dcm"
        for study in pictures_of(region):
            facility_id = region.facility_named[study.facility].id
            for copy in range(region.size.image_copies):
                with opened() as session:
                    for written in files_of(study, copy=copy):
                        path.write_bytes(written)
                        filed = store_file(
                            session, path, intake=intake, patient_id=study.citizen.id, facility_id=facility_id
                        )
                        if filed.outcome is not Outcome.STORED:
                            raise RuntimeError(f"{study.drawing}: {filed.outcome.value} {filed.why}")
                        stored += 1
    return stored
