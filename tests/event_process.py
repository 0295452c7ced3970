"""The event process' application inside a test, asking the same database as the pages."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

import app_factory
from foundation.settings import Settings

NOWHERE = "postgresql://x@127.0.0.1:1/x"


@contextmanager
def event_process(settings: Settings) -> Iterator[Flask]:
    """Made as in its own process, but for the connection, which the pages' application has made already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(app_factory, "connect", lambda _url: None)
        made = app_factory.create_events(settings.model_copy(update={"database_url": NOWHERE}))
    try:
        yield made
    finally:
        if "changes" in made.extensions:
            made.extensions["changes"].close()
