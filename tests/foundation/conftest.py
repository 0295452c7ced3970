"""What the tests of the foundation share: listening to our own log, and working as the worker does."""

import io
import logging

import pytest

from foundation import logs
from foundation.database import process_engines
from foundation.postgres.roles import WORKER
from tests.connections import own_connections


@pytest.fixture
def told():
    """What our log says meanwhile."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.JsonFormatter())
    log = logging.getLogger("center")
    log.addHandler(handler)
    yield written
    log.removeHandler(handler)


@pytest.fixture
def worker(app, postgres):
    """The worker's engine stands in for the process' own."""
    engine = process_engines.make_engine(postgres.url(WORKER), pool_size=2)
    with own_connections(engine):
        yield
    engine.dispose()
