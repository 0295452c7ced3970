"""A demo provider of its own process for the tests of signing in."""

from collections.abc import Iterator

import pytest
from flask import Flask

from foundation.settings import Settings
from tests.identity.provider_process import (
    RunningProvider,
    providers_for,
    running_provider,
    signing_in_through,
)
from tests.ports import free_ports


@pytest.fixture(scope="session")
def provider_process(
    settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningProvider]:
    port = free_ports()
    own = settings.model_copy(update={"port": port, "public_url": f"http://127.0.0.1:{port}"})
    with running_provider(tmp_path_factory.mktemp("provider"), own) as running:
        yield running


@pytest.fixture
def provider(app: Flask, provider_process: RunningProvider) -> Iterator[RunningProvider]:
    """The running demo provider, with the application signing people in through it."""
    own = provider_process.settings
    with signing_in_through(app, own, providers_for(own)):
        yield provider_process
