"""The command as an operator runs it."""

import pytest

import app_factory
from foundation.database import process_engines
from foundation.postgres.roles import LOADER


@pytest.fixture
def run(app, settings, postgres):
    """Run a command as an operator would, on the test database; other tests keep their connection."""
    made = app_factory.create_app(settings.model_copy(update={"database_url": postgres.url(LOADER)}))
    kept = process_engines._engines

    def ran(*words):
        result = made.test_cli_runner().invoke(args=[str(word) for word in words])
        process_engines._engines = kept
        return result

    return ran
