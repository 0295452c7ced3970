"""A doctor at the desk, and a patient in their care."""

import pytest


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id)


@pytest.fixture
def desk(client_for, doctor):
    browser = client_for(doctor.actor)
    browser.set_cookie("language", "en")
    return browser
