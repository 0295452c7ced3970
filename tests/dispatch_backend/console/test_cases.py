"""Cases that went wrong elsewhere: two who confirm at once, a page of yesterday, a form that is sent twice."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from dispatch_backend.bookings.tables import SlotOccupancy
from tests.pages import hidden_fields, read

ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def confirm(desk, client_for):
    """`confirm(referral_id, slot_id)` looks at what is to be booked, and returns the press of its button."""

    def looked_at(referral_id, slot_id):
        dispatcher = client_for(desk.dispatcher.actor)
        page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
        typed = hidden_fields(page, "book-")
        assert typed["book-slot_id"] == str(slot_id)
        address = f"/dispatch/referrals/{referral_id}/booking"
        return lambda: dispatcher.post(address, data=typed, headers=ENGLISH)

    return looked_at


@pytest.fixture
def held(desk):
    """How many slots are held by a column's value."""

    def counted(column, value):
        with desk.as_loader() as session:
            return session.scalar(select(func.count()).where(column == value))

    return counted


def test_of_two_who_confirm_a_slot_at_once_one_has_it_and_one_is_told(desk, confirm, held, right_outcome):
    assert right_outcome("race-for-a-slot") == "Exactly one; the other is told that it was just taken."
    slot_id = desk.slot()
    presses = [confirm(desk.sent(), slot_id) for _ in range(2)]
    together = threading.Barrier(len(presses))

    def press(button):
        together.wait()
        return button()

    with ThreadPoolExecutor(len(presses)) as pool:
        answers = sorted(pool.map(press, presses), key=lambda answer: answer.status_code)

    assert [each.status_code for each in answers] == [303, 409]
    assert "Someone has just taken this slot." in read(answers[1])
    assert held(SlotOccupancy.slot_id, slot_id) == 1


def test_a_page_opened_earlier_books_nothing_that_is_gone(desk, confirm, held, right_outcome):
    assert right_outcome("stale-page") == "Refused in words; nothing changed."
    slot_id, waiting = desk.slot(), desk.sent()
    press = confirm(waiting, slot_id)
    desk.booked(desk.sent(), slot_id)

    answer = press()

    assert answer.status_code == 409
    assert "Someone has just taken this slot." in read(answer)
    assert held(SlotOccupancy.referral_id, waiting) == 0


def test_one_request_confirmed_twice_holds_one_slot(desk, confirm, held, right_outcome):
    assert right_outcome("double-click") == "One referral holds one slot; the second act is refused."
    referral_id = desk.sent()
    first, second = confirm(referral_id, desk.slot()), confirm(referral_id, desk.slot())

    answers = [first(), first(), second()]

    assert [each.status_code for each in answers] == [303, 303, 412]
    assert "Somebody else has changed this referral meanwhile." in read(answers[2])
    assert held(SlotOccupancy.referral_id, referral_id) == 1
