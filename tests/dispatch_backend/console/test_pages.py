"""The dispatcher's pages, read as a person reads them."""

import re
from datetime import timedelta

import pytest

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.console.actions import open_referral
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.queries import services
from dispatch_backend.worklist.forms.labels import WORDS
from foundation.clock import now, zone
from identity.facilities.enumerations import FacilityKind
from tests.pages import hidden_fields, read

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
        "Testova A. P., 1960",
        "Cardiologist",
        "not assigned",
        "booked after the legal day",
    ):
        assert words in answer.text


@pytest.mark.parametrize(
    ("priority", "language", "words"),
    [
        (Priority.PLANNED, "en", "within 14 working days after the day of sending"),
        (Priority.URGENT, "ru", "в течение 1 рабочего дня после дня отправки"),
        (Priority.EMERGENCY, "ru", "в день отправки"),
    ],
)
def test_the_staff_and_the_patient_read_within_what_term_the_law_has_somebody_seen(
    desk, client_for, priority, language, words
):
    patient = desk.patient()
    referral_id = desk.sent(patient, priority=priority)

    for actor, address in (
        (desk.dispatcher.actor, f"/dispatch/referrals/{referral_id}"),
        (patient.actor, "/my/dispatch"),
    ):
        page = client_for(actor).get(address, headers={"Accept-Language": language}).text
        assert words in " ".join(page.split())


@pytest.mark.parametrize(("language", "words"), [("en", "45 min"), ("ru", "45 мин")])
def test_what_is_offered_and_booked_says_how_long_it_takes(desk, client_for, language, words):
    dispatcher, referral_id = client_for(desk.dispatcher.actor), desk.sent(service_code="I-MRI")
    # Between nine and ten no clock is put forward or back.
    nine = (now() + timedelta(days=3)).replace(hour=9, minute=0, second=0, microsecond=0)
    slot_id = desk.slot(starts_at=nine, minutes=45, service_code="I-MRI")
    page, spoken = f"/dispatch/referrals/{referral_id}", {"Accept-Language": language}
    begins, ends = (f"{each.astimezone(zone()):%H:%M}" for each in (nine, nine + timedelta(minutes=45)))

    offered = dispatcher.get(f"{page}?place={desk.target_id}", headers=spoken)
    checked = dispatcher.get(f"{page}?slot={slot_id}", headers=spoken)
    desk.booked(referral_id, slot_id)
    booked = dispatcher.get(page, headers=spoken)

    for answer in (offered, checked, booked):
        assert re.search(rf"{begins} ?–{ends} ?,? {words}", read(answer))


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


def test_a_slot_is_booked_once_whom_when_and_where_were_looked_at(desk, client_for):
    slot = desk.offered()
    referral_id, slot_id = desk.sent(), slot.id
    dispatcher = client_for(desk.dispatcher.actor)
    offers = dispatcher.get(f"/dispatch/referrals/{referral_id}?place={desk.target_id}", headers=ENGLISH)
    assert str(slot_id) in offers.text
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
    for words in ("Check before you book", "Тестова Анна", slot.resource.en, "Book this slot"):
        assert words in page.text

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
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}")
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
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}")
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
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={desk.slot()}")

    answer = dispatcher.post(
        f"/dispatch/referrals/{referral_id}/booking",
        data={**hidden_fields(page, "book-"), "book-slot_id": ""},
        headers=ENGLISH,
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


def test_a_booking_is_confirmed_from_the_page_and_its_history_says_so(desk, client_for):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)

    answer = dispatcher.post(
        f"/dispatch/bookings/{booking_id}/confirmation",
        data=hidden_fields(page, "confirm-"),
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "Booked, not confirmed yet" in page.text
    # Nobody can be there before the day.
    assert "/arrival" not in page.text
    assert "The booking is confirmed." in answer.text
    assert "Booking confirmed by the patient" in answer.text
    assert "/confirmation" not in answer.text


def test_an_arrival_is_noted_from_the_page_and_taken_back_with_a_reason(desk, client_for):
    referral_id, booking_id = desk.visited()
    dispatcher, address = client_for(desk.dispatcher.actor), f"/dispatch/bookings/{booking_id}/arrival"
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)

    there = dispatcher.post(
        address, data=hidden_fields(page, "arrive-"), headers=ENGLISH, follow_redirects=True
    )
    typed = hidden_fields(there, "undo_arrival-")
    mute = dispatcher.post(
        f"{address}/correction", data={**typed, "undo_arrival-reason": ""}, headers=ENGLISH
    )
    back = dispatcher.post(
        f"{address}/correction",
        data={**typed, "undo_arrival-reason": "A namesake"},
        headers=ENGLISH,
        follow_redirects=True,
    )

    assert "/confirmation" not in page.text
    assert "It is noted that the patient is there." in there.text
    assert mute.status_code == 422
    assert "the patient is expected" in back.text
    assert "A namesake" in back.text
    assert f'action="{address}"' in back.text


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


def test_the_way_back_to_everything_stands_only_where_something_is_narrowed(desk, client_for):
    desk.sent()
    dispatcher = client_for(desk.dispatcher.actor)

    def page(query=""):
        return dispatcher.get(f"/dispatch{query}", headers=ENGLISH).text

    assert "Show everything" not in page()
    assert "Shown: everything open · Change" in page()
    for query, words in {
        "?priority=emergency": "Shown: Emergency · Change",
        "?step=book&overdue=y": "Shown: Book a slot, Overdue only · Change",
        "?slot=with": "Shown: With a slot · Change",
    }.items():
        assert "Show everything" in page(query)
        assert words in page(query)
    assert "Show everything" not in page("?priority=soon&step=&facility=here")


def test_who_is_to_be_called_is_named_with_the_number(desk, client_for):
    referral_id, booking_id = desk.visited()
    dispatcher = client_for(desk.dispatcher.actor)
    with desk.as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, booking_id, outcome=Outcome.NO_SHOW)

    page = dispatcher.get(f"/dispatch/referrals/{referral_id}", headers=ENGLISH)

    assert "Call and book again" in page.text
    called = page.text.split("call who sent the referral:")[1]
    assert 'href="tel:+70000000005"' in called.split("</p>")[0]


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


def test_who_booked_what_had_moved_on_meanwhile_looks_again_and_books(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    dispatcher = client_for(desk.dispatcher.actor)
    address = f"/dispatch/referrals/{referral_id}/booking"
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}")
    typed = {**hidden_fields(page, "book-"), "book-slot_id": str(slot_id), "book-version": "7"}

    stale = dispatcher.post(address, data=typed, headers=ENGLISH)
    again = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}")
    anew = dispatcher.post(address, data={**typed, **hidden_fields(again, "book-")})

    assert stale.status_code == 412
    assert "There is a problem" in stale.text
    assert anew.status_code == 303


def test_a_booking_is_moved_from_the_page_with_a_reason_and_not_without(desk, client_for):
    referral_id, other = desk.sent(), desk.offered(starts_in=timedelta(days=4))
    booking_id = desk.booked(referral_id, desk.slot())
    dispatcher = client_for(desk.dispatcher.actor)
    address, page = f"/dispatch/bookings/{booking_id}/rebooking", f"/dispatch/referrals/{referral_id}?move=y"
    assert str(other.id) in dispatcher.get(f"{page}&place={desk.target_id}").text
    check = dispatcher.get(f"{page}&slot={other.id}", headers=ENGLISH)
    typed = hidden_fields(check, "move-")

    mute = dispatcher.post(address, data=typed, headers=ENGLISH)
    told = dispatcher.post(
        address, data={**typed, "move-reason": "Another day"}, headers=ENGLISH, follow_redirects=True
    )

    assert "Check before you move the booking" in check.text
    assert mute.status_code == 422
    assert "Give the reason" in mute.text
    assert other.resource.en in mute.text
    assert "The booking is moved" in told.text
    assert other.resource.en in told.text
    assert "Another day" in told.text


def test_slots_are_looked_for_by_day_place_and_doctor(desk, people, client_for):
    referral_id, elsewhere = desk.sent(service_code="T-EEG"), people.facility()
    slots = {
        "soon": desk.offered(service_code="T-EEG"),
        "later": desk.offered(service_code="T-EEG", starts_in=timedelta(days=6)),
        "there": desk.offered(service_code="T-EEG", facility_id=elsewhere),
    }
    dispatcher = client_for(desk.dispatcher.actor)

    def found(**asked):
        page = dispatcher.get(f"/dispatch/referrals/{referral_id}", query_string=asked)
        return {name for name, slot in slots.items() if str(slot.id) in page.text}

    assert found() == set(slots)
    day = slots["later"].starts_at.astimezone(zone()).date()
    assert found(day=day.isoformat()) == {"later"}
    assert found(place=str(elsewhere)) == {"there"}
    assert found(resource=slots["soon"].resource.ru.split()[-1].upper()) == {"soon"}
    assert found(resource="100%_") == set()
    assert found(day="soon", place="here") == set(slots)
    assert found(day="9999-12-31") == found(day="0001-01-01") == set(slots)


def test_a_slot_that_was_given_up_is_not_offered_first_again(desk):
    referral_id = desk.sent(service_code="T-HOLT")
    given_up = desk.slot(service_code="T-HOLT", starts_in=timedelta(hours=5))
    other = desk.slot(service_code="T-HOLT", starts_in=timedelta(days=9))
    booking_id = desk.booked(referral_id, given_up)
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Asked for another day")

    with desk.as_actor(desk.dispatcher.actor) as session:
        offers = open_referral(session, referral_id).slots

    places = {each.slot.id: place for place, each in enumerate(offers)}
    assert places[other] < places[given_up] == len(offers) - 1
    assert offers[-1].given_up


def test_a_slot_that_went_while_it_was_looked_at_is_told_and_others_are_offered(desk, client_for):
    referral_id, slot_id = desk.sent(), desk.slot()
    desk.booked(desk.sent(), slot_id)

    page = client_for(desk.dispatcher.actor).get(
        f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH
    )

    assert "This slot is no longer free." in page.text
    assert "Free slots, the most fitting first" in page.text


@pytest.fixture
def bed(desk):
    with desk.as_loader() as session:
        return next(each.code for each in services(session) if each.kind is ServiceKind.BED)


def test_a_bed_that_is_needed_now_names_where_to_call_and_no_time_until_one_is_asked_for(
    desk, client_for, people, bed
):
    people.facility(kind=FacilityKind.CITY_HOSPITAL)
    slot_id = desk.slot(service_code=bed)
    urgent = desk.sent(service_code=bed, priority=Priority.EMERGENCY)
    dispatcher = client_for(desk.dispatcher.actor)
    address = f"/dispatch/referrals/{urgent}"

    page = dispatcher.get(address, headers=ENGLISH)

    assert "Call for a bed" in page.text
    assert 'href="tel:+70000000005"' in page.text
    assert "Free slots" not in page.text
    assert str(slot_id) not in page.text
    assert "The referral is no longer needed" in page.text
    asked = dispatcher.get(f"{address}?planned=y&place={desk.target_id}", headers=ENGLISH)
    assert str(slot_id) in asked.text
    assert "Call for a bed" in asked.text
    chosen = dispatcher.get(f"{address}?planned=y&slot={slot_id}", headers=ENGLISH)
    assert f'href="{address}?planned=y"' in chosen.text


def test_a_bed_is_asked_for_by_telephone_though_no_time_is_free_anywhere(desk, client_for, people):
    people.facility(kind=FacilityKind.CITY_HOSPITAL)
    urgent = desk.sent(service_code="B-SURG", priority=Priority.URGENT)

    page = client_for(desk.dispatcher.actor).get(f"/dispatch/referrals/{urgent}", headers=ENGLISH)

    assert "Polyclinic of the test" in page.text.split("Call for a bed")[1].split("<h2")[0]


def test_a_planned_stay_is_offered_times_and_nobody_is_called(desk, client_for, bed):
    slot_id = desk.slot(service_code=bed)
    planned = desk.sent(service_code=bed)

    page = client_for(desk.dispatcher.actor).get(
        f"/dispatch/referrals/{planned}?place={desk.target_id}", headers=ENGLISH
    )

    assert str(slot_id) in page.text
    assert "Call for a bed" not in page.text


def test_a_bed_that_was_taken_meanwhile_shows_the_times_that_are_left(desk, client_for):
    bed = "B-CARD"
    slot_id, left = desk.slot(service_code=bed), desk.slot(service_code=bed)
    urgent = desk.sent(service_code=bed, priority=Priority.URGENT)
    dispatcher = client_for(desk.dispatcher.actor)
    page = dispatcher.get(f"/dispatch/referrals/{urgent}?planned=y&slot={slot_id}", headers=ENGLISH)
    desk.booked(desk.sent(service_code=bed), slot_id)

    answer = dispatcher.post(
        f"/dispatch/referrals/{urgent}/booking", data=hidden_fields(page, "book-"), headers=ENGLISH
    )

    assert answer.status_code == 409
    assert str(left) in answer.text
