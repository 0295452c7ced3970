"""The command as an operator runs it."""

from collections.abc import Callable

import pytest
from click.testing import Result


@pytest.fixture
def run(command: Callable[..., Result]) -> Callable[..., Result]:
    """Run a command as an operator would, on the test database."""
    return command
