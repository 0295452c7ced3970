"""Who takes in what devices send."""

from collections.abc import Iterator

import pytest

from archive_gateway.ingestion.ingestor import Ingestor


@pytest.fixture(scope="module")
def ingestor(settings) -> Iterator[Ingestor]:
    with Ingestor.at(settings) as opened:
        yield opened
