"""Both applications of the service: the pages and the event process."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

import app_factory
from foundation.settings import Settings

NOWHERE = "postgresql://x@127.0.0.1:1/x"


@pytest.fixture(scope="session")
def events_app(app: Flask, settings: Settings) -> Iterator[Flask]:
    """The event process' application, asking the same database as the pages."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_factory, "connect", lambda _url: None)
        made = app_factory.create_events(replace(settings, database_url=NOWHERE))
    yield made
    if "changes" in made.extensions:
        made.extensions["changes"].close()


@pytest.fixture
def applications(app: Flask, events_app: Flask) -> dict[str, Flask]:
    return {"pages": app, "events": events_app}
