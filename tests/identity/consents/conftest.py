"""A citizen who is asked for consents, and whoever acts for them."""

import pytest

from tests.identity.delegations.acting import Acting


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)
