"""Referrals as the patient follows them."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dispatch_backend.bookings.actions.bookings import cancel_booking
from foundation.clock import now
from foundation.language.translation import day
from foundation.outbox import OutboxMessage
from tests.dispatch_backend.factories import Desk
from tests.pages import read


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


def test_a_referral_on_its_way_says_what_comes_next_and_by_when(desk, patient, browser):
    desk.sent(patient)

    history, home = read(browser.get("/my/dispatch")), read(browser.get("/my"))

    assert "Waiting for a time" in history
    assert "Your doctor sent the referral" in history
    assert "By law at the latest" in history
    assert "The dispatcher is looking for a time for you." in home
    assert "By law the visit should be by" in home


def test_a_booked_visit_stands_first_with_date_time_place_and_what_to_bring(desk, patient, browser):
    starts_in = timedelta(days=3)
    desk.booked(desk.sent(patient), desk.slot(starts_in=starts_in))

    home, history = read(browser.get("/my")), read(browser.get("/my/dispatch"))

    assert day(now() + starts_in) in home
    assert "Polyclinic of the test, Nezhinka" in home
    assert "Please bring your passport" in home
    assert history.index("Your doctor sent the referral") < history.index(
        "The dispatcher booked a time for you"
    )


def test_a_cancelled_booking_gives_its_reason_and_the_search_goes_on(desk, patient, browser, as_actor):
    booking_id = desk.booked(desk.sent(patient), desk.slot())
    with as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Врач заболел")

    history, home = read(browser.get("/my/dispatch")), read(browser.get("/my"))

    assert "The booking was cancelled; a new time is being looked for. Reason: Врач заболел" in history
    assert "The dispatcher is looking for a time for you." in home


def test_another_s_referral_is_nowhere_to_be_seen(desk, patient, people, client_for, walls):
    desk.booked(desk.sent(patient), desk.slot())
    stranger = client_for(people.patient().actor)

    assert "R-20" not in read(stranger.get("/my/dispatch"))
    assert "R-20" not in read(stranger.get("/my"))


def test_the_news_follow_the_referral(desk, patient, browser, app, as_worker):
    desk.booked(desk.sent(patient), desk.slot())
    _deliver(app, as_worker, patient)

    assert "You have been referred" in read(browser.get("/my"))
    assert "A time has been booked for you" in read(browser.get("/my"))


def _deliver(app, as_worker, patient) -> None:
    """Hand this patient's messages to their handlers, as the worker does."""
    with as_worker() as session:
        for message in session.scalars(select(OutboxMessage)).all():
            if message.payload.get("patient_id") == str(patient.id):
                for handler in app.extensions["handlers"][message.topic]:
                    handler(session, message.payload)
