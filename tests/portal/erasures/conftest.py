"""A citizen who asks for erasure, and the privacy officer who answers."""

import pytest

from identity.roles import Role
from tests.identity.delegations.acting import Acting


@pytest.fixture
def acting(people, client_for, as_loader, as_administrator) -> Acting:
    return Acting(people, client_for, as_loader, as_administrator)


@pytest.fixture
def officer(people):
    return people.staff(Role.PRIVACY_OFFICER, facility_id=people.center())


@pytest.fixture
def desk(client_for, officer):
    browser = client_for(officer.actor)
    browser.set_cookie("language", "en")
    return browser


@pytest.fixture
def person(people):
    return people.patient(family_name="Стирова")


@pytest.fixture
def browser(acting, person):
    return acting.browser_of(person)
