"""What the tests of the foundation share: listening to our own log."""

import io
import logging

import pytest

from foundation import logs


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
