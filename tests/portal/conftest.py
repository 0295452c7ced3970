"""Somebody with a doctor and a browser."""

from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from tests.people import MadePatient, MadeStaff


@dataclass(frozen=True)
class Situation:
    patient: MadePatient
    doctor: MadeStaff
    browser: FlaskClient


@pytest.fixture
def somebody(people, client_for) -> Situation:
    """A patient in a doctor's care, signed in and reading English."""
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    browser = client_for(patient.actor)
    browser.set_cookie("language", "en")
    return Situation(patient, doctor, browser)
