"""A booked patient is moved to another time in one step: nothing is given up before the new slot is had."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, text

from dispatch_backend.bookings.actions.bookings import book_slot, cancel_booking
from dispatch_backend.bookings.actions.rebooking import rebook
from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.bookings.tables import Booking, BookingCancellation, SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.database.process_engines import make_engine
from foundation.database.transactions import transaction
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.postgres.roles import WEB
from tests.dispatch_backend.bookings.test_contention import all_at_once
from tests.verifying import broken_events

DISPATCHERS = 12


def _moved(desk, booking_id, slot_id, **words) -> UUID:
    with desk.as_actor(desk.dispatcher.actor) as session:
        return rebook(session, booking_id, slot_id=slot_id, reason="Asked for another day", **words).id


def _read(desk, referral_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return referral_to_read(session, referral_id)


def _start(slot):
    return slot and slot.starts_at


def _starts_at(desk, slot_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return session.get_one(Slot, slot_id).starts_at


def test_after_a_cancelled_booking_each_step_keeps_its_own_slot(desk):
    referral_id, slots = desk.sent(), [desk.slot(starts_in=timedelta(days=day)) for day in (2, 3, 4)]
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, book_slot(session, referral_id, slot_id=slots[0]).id, reason="Doctor ill")
    _moved(desk, desk.booked(referral_id, slots[1]), slots[2])

    told = [(_start(step.former), _start(step.slot)) for step in _read(desk, referral_id).steps]

    first, second, third = (_starts_at(desk, each) for each in slots)
    assert told == [(None, None), (None, first), (None, None), (None, second), (second, third)]


def test_a_booking_is_moved_and_its_history_keeps_both(desk):
    referral_id, old, new = desk.sent(), desk.slot(), desk.slot(starts_in=timedelta(days=4))
    booking_id = desk.booked(referral_id, old)

    made_id = _moved(desk, booking_id, new, version=2)

    card = _read(desk, referral_id)
    assert (card.state, card.version, card.booking.id) == (State.BOOKED, 3, made_id)
    assert [step.act for step in card.steps] == ["referral.sent", "referral.booked", "referral.rebooked"]
    assert card.steps[-1].reason == "Asked for another day"
    assert [(_start(step.former), _start(step.slot)) for step in card.steps] == [
        (None, None),
        (None, _starts_at(desk, old)),
        (_starts_at(desk, old), _starts_at(desk, new)),
    ]
    with desk.as_actor(desk.dispatcher.actor) as session:
        assert not session.get_one(Slot, old).taken
        assert session.get_one(SlotOccupancy, new).booking_id == made_id
        assert session.get_one(BookingCancellation, booking_id).reason == "Asked for another day"
        assert session.get_one(Referral, referral_id).next_action_due == card.booking.ends_at
        assert broken_events(session)[1] == []


def test_whoever_treats_from_now_on_cares_for_the_patient_and_who_would_have_does_not(desk, people):
    patient, elsewhere = desk.patient(), people.facility()
    booking_id = desk.booked(desk.sent(patient), desk.slot())

    _moved(desk, booking_id, desk.slot(facility_id=elsewhere))

    for facility_id, sees in ((desk.target_id, False), (elsewhere, True)):
        with desk.as_actor(people.doctor(facility_id=facility_id).actor) as session:
            found = session.scalars(select(Referral.id).where(Referral.patient_id == patient.id)).all()
            assert bool(found) is sees


def test_a_slot_that_is_gone_leaves_the_booking_as_it_was(desk):
    referral_id, old, taken = desk.sent(), desk.slot(), desk.slot(starts_in=timedelta(days=4))
    booking_id = desk.booked(referral_id, old)
    desk.booked(desk.sent(), taken)

    with pytest.raises(RuleBroken, match="just taken"):
        _moved(desk, booking_id, taken)

    card = _read(desk, referral_id)
    assert (card.version, card.booking.id) == (2, booking_id)


def test_a_time_at_which_the_patient_is_elsewhere_leaves_the_booking_as_it_was(desk):
    patient = desk.patient()
    booking_id = desk.booked(referral_id := desk.sent(patient), desk.slot())
    other = desk.offered(starts_in=timedelta(days=4), service_code="I-CT")
    desk.booked(desk.sent(patient, service_code="I-CT"), other.id)

    with pytest.raises(RuleBroken, match="has a visit at that time"):
        _moved(desk, booking_id, desk.slot(starts_at=other.starts_at))

    assert _read(desk, referral_id).booking.id == booking_id


def test_an_old_sight_a_missing_reason_and_a_visit_that_has_begun_are_refused(desk):
    booking_id, slot_id = desk.booked(desk.sent(), desk.slot()), desk.slot(starts_in=timedelta(days=4))
    _referral_id, begun_id = desk.visited()

    with pytest.raises(Stale):
        _moved(desk, booking_id, slot_id, version=1)
    with pytest.raises(RuleBroken, match="reason"), desk.as_actor(desk.dispatcher.actor) as session:
        rebook(session, booking_id, slot_id=slot_id, reason=" ")
    with pytest.raises(RuleBroken, match="has begun"):
        _moved(desk, begun_id, slot_id)


def test_a_stranger_moves_nothing(desk, people, walled):
    booking_id, slot_id = desk.booked(desk.sent(), desk.slot()), desk.slot(starts_in=timedelta(days=4))
    elsewhere = people.dispatcher(facility_id=people.facility())
    walled()

    with pytest.raises(NotFound), desk.as_actor(elsewhere.actor) as session:
        rebook(session, booking_id, slot_id=slot_id, reason="x")


def test_one_slot_wanted_by_who_moves_and_who_books_is_given_to_one_and_nobody_loses_theirs(desk, postgres):
    wanted = desk.slot(starts_in=timedelta(days=5))
    moving = [desk.booked(desk.sent(), desk.slot()) for _ in range(DISPATCHERS)]
    waiting = [desk.sent() for _ in range(DISPATCHERS)]
    crowd = make_engine(postgres.url(WEB), pool_size=2 * DISPATCHERS)

    def act(place: int) -> UUID:
        with transaction(desk.dispatcher.actor, on=crowd) as session:
            if place < DISPATCHERS:
                return rebook(session, moving[place], slot_id=wanted, reason="Asked").id
            return book_slot(session, waiting[place - DISPATCHERS], slot_id=wanted).id

    answers = all_at_once(2 * DISPATCHERS, act)
    crowd.dispose()

    won = [place for place, each in enumerate(answers) if isinstance(each, UUID)]
    assert len(won) == 1
    with desk.as_loader() as session:
        live = set(session.scalars(select(SlotOccupancy.booking_id)))
        assert session.get_one(SlotOccupancy, wanted).booking_id == answers[won[0]]
    assert {each for place, each in enumerate(moving) if place not in won} <= live


def test_one_booking_moved_by_many_holds_one_slot(desk, postgres):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())
    slots = [desk.slot(starts_in=timedelta(days=3, hours=n)) for n in range(DISPATCHERS)]
    crowd = make_engine(postgres.url(WEB), pool_size=DISPATCHERS)

    def act(place: int) -> UUID:
        with transaction(desk.dispatcher.actor, on=crowd) as session:
            return rebook(session, booking_id, slot_id=slots[place], reason="Asked").id

    answers = all_at_once(DISPATCHERS, act)
    crowd.dispose()

    assert sum(isinstance(each, UUID) for each in answers) == 1
    with desk.as_loader() as session:
        made = session.scalars(select(Booking.id).where(Booking.referral_id == referral_id)).all()
        held = session.scalars(
            select(SlotOccupancy.slot_id).where(SlotOccupancy.referral_id == referral_id)
        ).all()
        taken = session.execute(
            text("SELECT count(*) FROM dispatch.slot WHERE taken AND id = ANY(:ids)"), {"ids": slots}
        ).scalar_one()
    assert (len(made), len(held), taken) == (2, 1, 1)
