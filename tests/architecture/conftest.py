"""Both applications of the service: the pages and the event process."""

from collections.abc import Iterator

import pytest
from flask import Flask

from foundation.settings import Settings
from tests.event_process import event_process


@pytest.fixture(scope="session")
def events_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    with event_process(settings) as made:
        yield made


@pytest.fixture
def applications(app: Flask, events_app: Flask) -> dict[str, Flask]:
    return {"pages": app, "events": events_app}
