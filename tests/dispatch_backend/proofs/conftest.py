"""Whoever reads proofs, and a referral with a past."""

from datetime import timedelta

import pytest

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.rebooking import rebook


@pytest.fixture
def worked(desk):
    """A referral that was booked, moved, cancelled and booked again, with every reason in its own words."""
    referral_id = desk.sent(desk.patient(family_name="Ждунова"))
    first = desk.booked(referral_id, desk.slot())
    with desk.as_actor(desk.dispatcher.actor) as session:
        other = desk.slot(starts_in=timedelta(days=4))
        moved = rebook(session, first, slot_id=other, reason="Автобус не ходит").id
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, moved, reason="Врач заболел")
    desk.booked(referral_id, desk.slot(starts_in=timedelta(days=5)))
    return referral_id


@pytest.fixture
def dispatcher(desk, client_for):
    browser = client_for(desk.dispatcher.actor)
    browser.set_cookie("language", "en")
    return browser
