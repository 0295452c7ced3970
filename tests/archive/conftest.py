"""What the tests of the archive share: an intake into the store that the application reads from."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from archive_gateway.actions import Filed, Intake, store_file


@pytest.fixture(scope="session")
def intake(settings) -> Iterator[Intake]:
    with Intake.at(settings) as made:
        yield made


@pytest.fixture
def store(as_loader, intake) -> Callable[..., Filed]:
    """`store(path, patient_id=…)` stores one file as the loader."""

    def stored(path: Path, *, patient_id: UUID | None = None) -> Filed:
        with as_loader() as session:
            return store_file(session, path, intake=intake, patient_id=patient_id)

    return stored
