"""What happened to a referral, as everybody reads it whom it concerns: a move names the time before and the time after."""

from datetime import timedelta

import pytest

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.rebooking import rebook
from tests.pages import read

WORDS = {
    "en": ("Former time: ", "New time: "),
    "ru": ("Прежнее время: ", "Новое время: "),
}


@pytest.mark.parametrize("language", WORDS)
def test_a_move_is_told_with_both_times_to_dispatcher_doctor_and_patient(desk, client_for, language):
    patient = desk.patient()
    referral_id = desk.sent(patient)
    old, new = desk.offered(starts_in=timedelta(days=2)), desk.offered(starts_in=timedelta(days=5))
    with desk.as_actor(desk.dispatcher.actor) as session:
        booking_id = desk.booked(referral_id, old.id)
        moved = rebook(session, booking_id, slot_id=new.id, reason="Asked for another day")
    with desk.as_actor(desk.dispatcher.actor) as session:
        # The doctor who referred has a page for it again once it waits again.
        cancel_booking(session, moved.id, reason="Doctor ill")

    pages = {
        "dispatcher": client_for(desk.dispatcher.actor).get(
            f"/dispatch/referrals/{referral_id}", headers={"Accept-Language": language}
        ),
        "doctor": client_for(desk.doctor.actor).get(
            f"/emr/referrals/{referral_id}/step", headers={"Accept-Language": language}
        ),
        "patient": client_for(patient.actor).get("/my/dispatch", headers={"Accept-Language": language}),
    }

    for reader, page in pages.items():
        text = read(page)
        for words, slot in zip(WORDS[language], (old, new), strict=True):
            line = text.split(words)[1][:200]
            assert str(getattr(slot.resource, language)) in line, reader
