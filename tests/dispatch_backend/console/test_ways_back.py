"""Ways back of the dispatcher: to the queue as it was left, to the slots as they were narrowed, to a slot that is booked."""

from tests.pages import hidden_fields

ENGLISH = {"Accept-Language": "en"}
TAKEN = "This slot is no longer free."


def test_back_after_one_s_own_booking_says_that_it_is_booked(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    desk.booked(referral_id, slot_id)

    for more in ("", "&move=y"):
        answer = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}{more}", headers=ENGLISH)

        assert "This slot is booked for this referral." in answer.text
        assert TAKEN not in answer.text


def test_a_slot_that_another_referral_holds_is_no_longer_free(desk, client_for):
    slot_id = desk.slot()
    desk.booked(desk.sent(), slot_id)

    answer = client_for(desk.dispatcher.actor).get(
        f"/dispatch/referrals/{desk.sent()}?slot={slot_id}", headers=ENGLISH
    )

    assert TAKEN in answer.text


def test_a_page_of_moving_becomes_no_page_of_booking_once_the_booking_is_gone(desk, client_for):
    answer = client_for(desk.dispatcher.actor).get(
        f"/dispatch/referrals/{desk.sent()}?slot={desk.slot()}&move=y", headers=ENGLISH
    )

    assert "there is nothing to move" in answer.text
    assert "Check before you book" not in answer.text


def test_choices_that_find_nothing_say_so_and_lead_to_everything(desk, client_for):
    referral_id = desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)
    desk.slot()

    answer = dispatcher.get(
        f"/dispatch/referrals/{referral_id}?resource=nobody-of-this-name", headers=ENGLISH
    )

    assert "No slot is free with these choices." in answer.text
    assert "No slot is free for this service." not in answer.text
    assert answer.text.count(f'<a href="/dispatch/referrals/{referral_id}">Show everything</a>') == 2
    whole = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    assert "Of each place only the earliest times are shown." in whole.text


def test_another_slot_is_chosen_among_those_that_were_looked_for(desk, client_for):
    slot = desk.offered()
    referral_id = desk.sent()
    place = f"place={desk.target_id}"
    dispatcher = client_for(desk.dispatcher.actor)

    offers = dispatcher.get(f"/dispatch/referrals/{referral_id}?{place}", headers=ENGLISH)
    assert f'<input type="hidden" name="place" value="{desk.target_id}">' in offers.text
    check = dispatcher.get(f"/dispatch/referrals/{referral_id}?{place}&slot={slot.id}", headers=ENGLISH)

    assert f'<a href="/dispatch/referrals/{referral_id}?{place}">Choose another slot</a>' in check.text


def test_the_queue_is_found_again_as_it_was_narrowed(desk, client_for):
    referral_id = desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)
    narrowed = f"/dispatch?facility={desk.doctor.facility_id}&step=book"
    dispatcher.get(narrowed, headers=ENGLISH)

    page = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)
    assert f'href="{narrowed.replace("&", "&amp;")}"' in page.text
    revoked = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/withdrawal",
        data={**hidden_fields(page, "revoke-"), "revoke-reason": "Не нужно"},
        headers=ENGLISH,
    )

    assert revoked.location == narrowed
