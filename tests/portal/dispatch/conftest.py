"""A patient at their own pages in English, and those who refer and book them."""

import pytest

from tests.dispatch_backend.factories import Desk


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def patient(desk):
    return desk.patient()


@pytest.fixture
def browser(patient, client_for):
    opened = client_for(patient.actor)
    opened.set_cookie("language", "en")
    return opened
