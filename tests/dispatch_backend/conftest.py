"""The desk that most tests of this room begin with."""

import pytest

from tests.dispatch_backend.factories import Desk


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)
