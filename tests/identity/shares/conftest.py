"""A citizen with a record, who gives links, and whoever opens them."""

import pytest

from tests.identity.shares.sharing import Sharing


@pytest.fixture
def sharing(app, client_for) -> Sharing:
    return Sharing(app, client_for)


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id, family_name="Показова", given_name="Полина")
