"""A citizen whose record a hospital sees, and a doctor there."""

import pytest

from identity.access.enumerations import CareBasis
from tests.identity.delegations.acting import Acting


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def person(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id, basis=CareBasis.IMPORT, family_name="Закрытова")


@pytest.fixture
def browser(acting, person):
    return acting.browser_of(person)
