"""What the tests of the archive share: an ingestion into the application's store, and commands as an operator runs them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from archive_gateway.ingestion.actions.storing import StoringResult
from archive_gateway.ingestion.filing import file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.studies.actions.registering import Attribution
from foundation.actor import Actor
from foundation.postgres.roles import LOADER
from tests.conftest import SECRET
from tests.people import MadePatient, People

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def ingestor(settings) -> Iterator[Ingestor]:
    with Ingestor.at(settings) as made:
        yield made


@pytest.fixture
def store(as_loader, ingestor) -> Callable[..., StoringResult]:
    """`store(path, patient_id=…)` stores one file as the loader."""

    def stored(path: Path, *, patient_id: UUID | None = None) -> StoringResult:
        received = ingestor.ingest(path)
        try:
            return file_received(
                received, ingestor=ingestor, transactions=as_loader, attribution=Attribution(patient_id)
            )
        finally:
            received.discard()

    return stored


@pytest.fixture
def run(app, postgres, settings) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run("import-dicom", …)` with the database and the store of the tests."""

    def started(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        # The address of the embedded server is a socket folder: the loader's own login is given.
        values = {
            "PATH": os.defpath,
            "PROFILE": "test",
            "SECRET_KEY": SECRET,
            "DATA_DIR": str(settings.data_dir),
            "DATABASE_URL": postgres.url(LOADER),
            "LOG_LEVEL": "ERROR",
            **environment,
        }
        command = [sys.executable, "-m", "flask", "--app", "wsgi", *map(str, words)]
        return subprocess.run(
            command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=150, check=False
        )

    return started


@pytest.fixture
def patient(people: People) -> MadePatient:
    return people.patient(cared_for_at=people.facility())


@pytest.fixture
def citizen(client_for: Callable[[Actor], FlaskClient], patient: MadePatient) -> FlaskClient:
    """The patient's own browser."""
    return client_for(patient.actor)
