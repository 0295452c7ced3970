"""Counts of the past, and who reads them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import load_referrals
from dispatch_backend.referrals.enumerations import Act
from dispatch_backend.services.enumerations import Priority
from foundation.identifiers import new_id
from identity.roles import Role
from tests.dispatch_backend.factories import CARDIOLOGIST
from tests.dispatch_backend.reports.days import SENT_AT


@pytest.fixture
def emptied(as_administrator):
    """No count was made yet; what a test counted is gone after it."""
    forget = text("SET LOCAL session_replication_role = replica; DELETE FROM dispatch.quarter_count")
    with as_administrator() as connection:
        connection.execute(forget)
    yield
    with as_administrator() as connection:
        connection.execute(forget)


@pytest.fixture
def analyst(people):
    return people.staff(Role.MINISTRY_ANALYST)


@pytest.fixture
def booked(desk):
    """`booked(visit_at, served_at=None)`: sent on 3 May 2024 and booked an hour later; the outcome written down when that is told."""

    def load(visit_at, served_at=None):
        by = ("dispatcher", desk.dispatcher.id, desk.center_id)
        booking = {"slot": desk.offered(starts_at=visit_at), "booking_id": new_id()}
        steps = [
            HistoricalStep(Act.SENT, SENT_AT, "doctor", desk.doctor.id, desk.doctor.facility_id),
            HistoricalStep(Act.BOOKED, SENT_AT + timedelta(hours=1), *by, **booking),
            *([HistoricalStep(Act.SERVED, served_at, *by, **booking)] if served_at else []),
        ]
        past = HistoricalReferral(
            patient_id=desk.patient().id,
            service_code=CARDIOLOGIST,
            reason="Chest pain on exertion",
            diagnosis_code="I20.8",
            priority=Priority.PLANNED,
            steps=steps,
        )
        with desk.as_loader() as session:
            load_referrals(session, [past])

    return load
