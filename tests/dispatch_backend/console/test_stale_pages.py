"""Whoever decides on a page that others have overtaken is told so, and nothing changes: every form carries what it saw."""

from datetime import timedelta

import pytest

from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.console.forms import ChosenSlotForm, ReferralPageForm
from tests.pages import hidden_fields

ENGLISH = {"Accept-Language": "en"}
# What each form says beside its hidden fields, and where it is sent.
SENT = {
    "book": ("/dispatch/referrals/{referral_id}/booking", lambda desk: {"slot_id": str(desk.slot())}),
    "move": (
        "/dispatch/bookings/{booking_id}/rebooking",
        lambda desk: {"slot_id": str(desk.slot(starts_in=timedelta(days=4))), "reason": "Another day"},
    ),
    "revoke": ("/dispatch/referrals/{referral_id}/withdrawal", lambda _desk: {"reason": "Recovered"}),
    "cancel": ("/dispatch/bookings/{booking_id}/cancellation", lambda _desk: {"reason": "Doctor ill"}),
    "outcome": ("/dispatch/bookings/{booking_id}/outcome", lambda _desk: {"outcome": "served"}),
    "confirm": ("/dispatch/bookings/{booking_id}/confirmation", lambda _desk: {}),
    "arrive": ("/dispatch/bookings/{booking_id}/arrival", lambda _desk: {}),
    "undo_arrival": (
        "/dispatch/bookings/{booking_id}/arrival/correction",
        lambda _desk: {"reason": "A namesake"},
    ),
}


def test_every_form_on_a_referrals_page_is_told_of_here():
    kinds = {*ReferralPageForm.__subclasses__(), *ChosenSlotForm.__subclasses__()} - {ChosenSlotForm}
    assert {each.name for each in kinds} == set(SENT)


@pytest.mark.parametrize("name", SENT)
def test_a_form_of_an_older_page_is_refused_and_changes_nothing(desk, client_for, name):
    referral_id, booking_id = _begun(desk, name)
    address, words = SENT[name]
    dispatcher = client_for(desk.dispatcher.actor)
    chosen = {"book": f"?slot={desk.slot()}", "move": f"?move=y&slot={desk.slot()}"}.get(name, "")
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}{chosen}", headers=ENGLISH)
    before = _read(desk, referral_id)
    seen = hidden_fields(page, f"{name}-")
    # As if somebody had booked and cancelled meanwhile: the page is of a version that there was before.
    older = str(before.version + 7)

    answer = dispatcher.post(
        address.format(referral_id=referral_id, booking_id=booking_id),
        data={
            **seen,
            **{f"{name}-{key}": value for key, value in words(desk).items()},
            f"{name}-version": older,
        },
        headers=ENGLISH,
    )

    assert seen[f"{name}-version"] == str(before.version)
    assert answer.status_code == 412
    assert "Somebody else has changed this referral meanwhile." in answer.text
    assert _read(desk, referral_id).version == before.version


def _begun(desk, name):
    """A referral whose page shows the form, and its booking where there is one."""
    if name in ("cancel", "outcome", "arrive"):
        return desk.visited()
    if name == "undo_arrival":
        return desk.arrived()
    referral_id = desk.sent()
    return referral_id, desk.booked(referral_id, desk.slot()) if name in ("move", "confirm") else None


def _read(desk, referral_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return referral_to_read(session, referral_id)
