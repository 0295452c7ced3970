"""The dispatcher's pages, read as a person reads them."""

import re
from datetime import timedelta

import pytest

from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.worklist.forms.labels import WORDS
from foundation.clock import now
from tests.pages import hidden_fields

ENGLISH = {"Accept-Language": "en"}


def test_the_console_shows_the_queue_in_the_order_of_the_legal_day(desk, client_for):
    young, old = desk.sent_on(now() - timedelta(days=1)), desk.sent_on(now() - timedelta(days=9))

    answer = client_for(desk.dispatcher.actor).get(
        f"/dispatch?facility={desk.doctor.facility_id}", headers=ENGLISH
    )

    assert answer.status_code == 200
    assert answer.text.index(str(old)) < answer.text.index(str(young))
    for words in (
        "days left",
        "Тестова А. П., 1960",
        "Cardiologist",
        "not assigned",
        "booked after the legal day",
    ):
        assert words in answer.text


@pytest.mark.parametrize("kind", WORDS)
def test_the_staff_read_a_word_for_every_one_of_its_kind(kind):
    assert set(WORDS[kind]) == set(kind)


@pytest.mark.parametrize(("macro", "kind"), [("state_tag", State), ("act_words", Act)])
def test_the_patient_reads_a_word_for_every_one_of_its_kind(app, macro, kind):
    with app.test_request_context():
        said = getattr(app.jinja_env.get_template("portal/dispatch/words.html").module, macro)
        words = {said(each) for each in kind}

    assert all(words)
    assert len(words) == len(kind)


def test_the_console_speaks_russian(desk, client_for):
    desk.sent()

    answer = client_for(desk.dispatcher.actor).get("/dispatch", headers={"Accept-Language": "ru"})

    assert "Очередь" in answer.text
    assert "Кардиолог" in answer.text


def test_the_board_fetches_the_queue_alone(desk, client_for):
    desk.sent()

    answer = client_for(desk.dispatcher.actor).get(f"/dispatch/queue?facility={desk.doctor.facility_id}")

    assert answer.status_code == 200
    assert "<table" in answer.text
    assert "<html" not in answer.text


def test_a_slot_is_booked_with_one_click(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    assert str(slot_id) in page.text

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(page, "book-"), "book-slot_id": str(slot_id)},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert answer.status_code == 200
    assert "The slot is booked." in answer.text
    assert "Cancel the booking" in answer.text


def test_a_form_sent_twice_books_once(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    typed = {**hidden_fields(page, "book-"), "book-slot_id": str(slot_id)}

    answers = [
        dispatcher.post(f"/dispatch/referrals/{referral_id}/booking", data=typed).status_code
        for _ in range(2)
    ]

    assert answers == [303, 303]
    again = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking", data={**typed, "book-slot_id": str(desk.slot())}
    )
    assert again.status_code == 422


def test_a_slot_that_was_taken_meanwhile_shows_the_page_again_with_the_sentence(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    desk.booked(desk.sent(), slot_id)

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(page, "book-"), "book-slot_id": str(slot_id)},
        headers=ENGLISH,
    )

    assert answer.status_code == 409
    assert "Someone has just taken this slot." in answer.text
    assert "Free slots, the most fitting first" in answer.text


def test_a_booking_without_a_slot_shows_the_page_again(desk, client_for):
    referral_id = desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking", data=hidden_fields(page, "book-"), headers=ENGLISH
    )

    assert answer.status_code == 422
    assert "Choose a slot." in answer.text


def test_a_booking_is_cancelled_with_a_reason_and_not_without(desk, client_for):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    address, typed = f"/dispatch/bookings/{booking_id}/cancellation", hidden_fields(page, "cancel-")

    mute = dispatcher.post(address, data={**typed, "cancel-reason": ""}, headers=ENGLISH)
    told = dispatcher.post(
        address, data={**typed, "cancel-reason": "Doctor ill"}, headers=ENGLISH, follow_redirects=True
    )

    assert mute.status_code == 422
    assert "Give the reason" in mute.text
    assert "the slot is free again" in told.text
    assert "Doctor ill" in told.text


def test_the_outcome_is_recorded(desk, client_for):
    referral_id, booking_id = desk.visited()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")

    answer = dispatcher.post(
        f"/dispatch/bookings/{booking_id}/outcome",
        data={**hidden_fields(page, "outcome-"), "outcome-outcome": "no_show"},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "The outcome is recorded." in answer.text
    assert "Free slots, the most fitting first" in answer.text


def test_a_referral_that_is_no_longer_needed_is_closed(desk, client_for):
    referral_id = desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/withdrawal",
        data={**hidden_fields(page, "revoke-"), "revoke-reason": "Recovered"},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "The referral is withdrawn." in answer.text


def test_a_form_from_elsewhere_does_nothing(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()

    answer = client_for(desk.dispatcher.actor).post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={"book-slot_id": str(slot_id), "book-version": "1"},
    )

    assert answer.status_code == 422


def test_an_address_of_a_page_that_we_did_not_write_is_refused_calmly(desk, client_for):
    assert client_for(desk.dispatcher.actor).get("/dispatch?after=nonsense").status_code == 422


def test_unknown_choices_choose_nothing(desk, client_for):
    answer = client_for(desk.dispatcher.actor).get("/dispatch?priority=x&step=y&facility=z&service=nothing")

    assert answer.status_code == 200


def test_no_two_elements_share_an_id(desk, client_for):
    referral_id = desk.sent()
    desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    for address in ("/dispatch", f"/dispatch/referrals/{referral_id}"):
        answer = dispatcher.get(address)
        ids = re.findall(r'\bid="([^"]+)"', answer.text)
        assert answer.status_code == 200
        assert len(ids) > 5
        assert sorted(ids) == sorted(set(ids))


def test_an_expired_form_shows_the_page_again_with_what_was_typed_and_is_taken_when_sent_anew(
    desk, client_for
):
    referral_id = desk.sent()
    address = f"/dispatch/referrals/{referral_id}/withdrawal"
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    typed = {**hidden_fields(page, "revoke-"), "revoke-reason": "Recovered at home"}

    refused = dispatcher.post(address, data={**typed, "revoke-idempotency_key": ""}, headers=ENGLISH)
    anew = dispatcher.post(address, data={**typed, **hidden_fields(refused, "revoke-")})

    assert refused.status_code == 422
    assert "This form has expired." in refused.text
    assert 'value="Recovered at home"' in refused.text
    assert '<details class="nhsuk-details" open>' in refused.text
    assert anew.status_code == 303


def test_what_was_typed_into_a_form_that_is_no_longer_on_the_page_is_shown_beside_the_refusal(
    desk, client_for
):
    referral_id = desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    desk.booked(referral_id, desk.slot())

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/withdrawal",
        data={**hidden_fields(page, "revoke-"), "revoke-reason": "Recovered at home"},
        headers=ENGLISH,
    )

    assert answer.status_code == 412
    assert "You wrote: Recovered at home" in answer.text


def test_who_booked_what_had_moved_on_meanwhile_books_from_the_page_that_is_shown_again(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    address = f"/dispatch/referrals/{referral_id}/booking"
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}")
    typed = {**hidden_fields(page, "book-"), "book-slot_id": str(slot_id), "book-version": "7"}

    stale = dispatcher.post(address, data=typed, headers=ENGLISH)
    anew = dispatcher.post(address, data={**typed, **hidden_fields(stale, "book-")})

    assert stale.status_code == 412
    assert "There is a problem" in stale.text
    assert anew.status_code == 303
