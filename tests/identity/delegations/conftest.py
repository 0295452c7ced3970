"""Two people of whom one may act for the other."""

import pytest

from tests.identity.delegations.acting import Acting


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)
