"""Nobody and nothing is in two places: not the patient, and not the doctor, room or device."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.rebooking import rebook
from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.console.actions import open_referral
from dispatch_backend.routing.queries.offers import OfferFilter
from foundation.clock import now
from foundation.errors import RuleBroken
from foundation.identifiers import new_id
from tests.pages import hidden_fields, read

ENGLISH = {"Accept-Language": "en"}
MRI = "I-MRI"


@pytest.fixture
def nine():
    """A moment in three days, from which the minutes of a test are counted."""
    return now() + timedelta(days=3)


@pytest.fixture
def at(desk, nine):
    """`at(10, 20)` offers twenty minutes that begin ten after `nine`."""

    def offered(minute, minutes, **words):
        return desk.slot(starts_at=nine + timedelta(minutes=minute), minutes=minutes, **words)

    return offered


def _cancel(desk, booking_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Doctor ill")


def _taken(desk, *slots):
    with desk.as_loader() as session:
        return [session.get_one(Slot, each).taken for each in slots]


def _offered(desk, referral_id, **wanted):
    with desk.as_actor(desk.dispatcher.actor) as session:
        place = OfferFilter(place_id=desk.target_id, **wanted)
        return {each.slot.id for each in open_referral(session, referral_id, wanted=place).slots}


@pytest.mark.parametrize(("minute", "minutes"), [(-30, 31), (10, 5), (29, 30), (-10, 60), (7, 30)])
def test_a_patient_is_not_booked_for_a_time_that_overlaps_a_visit(desk, at, minute, minutes):
    patient = desk.patient()
    desk.booked(desk.sent(patient), at(0, 30))
    waiting, overlapping = desk.sent(patient, service_code=MRI), at(minute, minutes, service_code=MRI)

    assert overlapping not in _offered(desk, waiting)
    with pytest.raises(
        RuleBroken, match=r"The patient has a visit at that time: Cardiologist, room .*, Polyclinic"
    ):
        desk.booked(waiting, overlapping)


@pytest.mark.parametrize(("minute", "minutes"), [(-30, 30), (30, 45)])
def test_visits_that_touch_are_two_visits(desk, at, minute, minutes):
    patient, room = desk.patient(), str(new_id())
    desk.booked(desk.sent(patient), at(0, 30, room=room))
    waiting = desk.sent(patient, service_code=MRI)
    touching = at(minute, minutes, service_code=MRI, room=room)

    assert touching in _offered(desk, waiting)
    assert desk.booked(waiting, touching)


def test_a_visit_that_is_moved_is_in_nobodys_way_and_another_one_is(desk, at):
    patient = desk.patient()
    moved = desk.booked(referral_id := desk.sent(patient), at(0, 30))
    desk.booked(desk.sent(patient, service_code=MRI), at(60, 30, service_code=MRI))
    own_time, others = at(15, 30), at(75, 30)
    assert own_time in (offers := _offered(desk, referral_id, moving=True))
    assert others not in offers

    with (
        pytest.raises(RuleBroken, match="has a visit at that time"),
        desk.as_actor(desk.dispatcher.actor) as session,
    ):
        rebook(session, moved, slot_id=others, reason="Asked")
    with desk.as_actor(desk.dispatcher.actor) as session:
        made = rebook(session, moved, slot_id=own_time, reason="Asked").id

    with desk.as_loader() as session:
        assert session.get_one(SlotOccupancy, own_time).booking_id == made


def test_a_doctor_who_is_occupied_offers_nothing_that_overlaps_until_they_are_free(desk, at):
    room = str(new_id())
    first, between, last = at(0, 20, room=room), at(10, 30, room=room), at(30, 20, room=room)
    earlier, later = desk.booked(desk.sent(), first), desk.booked(desk.sent(), last)
    waiting = desk.sent()

    assert _taken(desk, first, between, last) == [True, True, True]
    assert between not in _offered(desk, waiting)
    with pytest.raises(RuleBroken, match="taken this slot"):
        desk.booked(waiting, between)
    _cancel(desk, earlier)
    assert _taken(desk, first, between, last) == [False, True, True]
    _cancel(desk, later)
    assert _taken(desk, first, between, last) == [False, False, False]
    desk.booked(waiting, between)
    assert _taken(desk, first, between, last) == [True, True, True]


def test_what_is_offered_later_for_an_occupied_time_is_taken_already(desk, at):
    room = str(new_id())
    desk.booked(desk.sent(), at(0, 30, room=room))

    assert _taken(desk, at(10, 30, room=room), at(30, 30, room=room), at(10, 30)) == [True, False, False]


@pytest.mark.parametrize("same", ["{} ", "  {}", "{}\u00a0", "\t{}"])
def test_a_name_with_other_blanks_is_the_same_doctor(desk, at, same):
    room = str(new_id())
    one, other = at(0, 30, room=room), at(10, 30, room=same.format(room))

    desk.booked(desk.sent(), one)

    assert _taken(desk, other) == [True]
    with desk.as_loader() as session:
        resources = {session.get_one(Slot, each).resource_id for each in (one, other)}
    assert len(resources) == 1


def test_the_same_name_elsewhere_is_somebody_else(desk, people, at):
    room = str(new_id())
    desk.booked(desk.sent(), at(0, 30, room=room))

    assert _taken(desk, at(0, 30, room=room, facility_id=people.facility())) == [False]


def test_of_two_hospitals_that_book_one_patient_for_overlapping_times_one_does(desk, people, at, client_for):
    rounds = 6
    for number in range(rounds):
        patient, presses = desk.patient(), []
        for service, minute, facility_id in (("C-CARD", 0, desk.target_id), (MRI, 7, people.facility())):
            referral_id = desk.sent(patient, service_code=service)
            slot_id = at(100 * number + minute, 30, service_code=service, facility_id=facility_id)
            presses.append(_press(client_for(desk.dispatcher.actor), referral_id, slot_id))
        together = threading.Barrier(len(presses))

        def press(button, together=together):
            together.wait()
            return button()

        with ThreadPoolExecutor(len(presses)) as pool:
            answers = sorted(pool.map(press, presses), key=lambda answer: answer.status_code)

        assert [each.status_code for each in answers] == [303, 409]
        refused = read(answers[1])
        assert "has a visit at that time" in refused or "booked elsewhere at that time" in refused
        with desk.as_loader() as session:
            live = select(SlotOccupancy.slot_id).where(SlotOccupancy.patient_id == patient.id)
            assert len(session.scalars(live).all()) == 1


def _press(dispatcher, referral_id, slot_id):
    page = dispatcher.get(f"/dispatch/referrals/{referral_id}?slot={slot_id}", headers=ENGLISH)
    typed = hidden_fields(page, "book-")
    return lambda: dispatcher.post(f"/dispatch/referrals/{referral_id}/booking", data=typed, headers=ENGLISH)


def test_who_is_refused_reads_where_the_patient_is_expected(desk, at, client_for):
    patient = desk.patient()
    waiting, slot_id = desk.sent(patient, service_code=MRI), at(7, 30, service_code=MRI)
    press = _press(client_for(desk.dispatcher.actor), waiting, slot_id)
    desk.booked(desk.sent(patient), at(0, 30))

    answer = press()

    assert answer.status_code == 409
    assert "The patient has a visit at that time: Cardiologist, room" in read(answer)


def test_what_ends_a_booking_ends_what_it_occupied(desk, at, as_administrator):
    booking_id = desk.booked(desk.sent(), at(0, 30))
    occupied = text("SELECT subject_kind FROM dispatch.occupation WHERE booking_id = :id ORDER BY 1")
    with as_administrator() as connection:
        assert connection.execute(occupied, {"id": booking_id}).scalars().all() == ["patient", "resource"]

        connection.execute(
            text("DELETE FROM dispatch.slot_occupancy WHERE booking_id = :id"), {"id": booking_id}
        )

        assert connection.execute(occupied, {"id": booking_id}).scalars().all() == []
