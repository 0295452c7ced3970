"""Many dispatchers at one slot: exactly one wins. The naive way, tried the same way, must fail."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from dispatch_backend.bookings.actions.bookings import book_slot
from dispatch_backend.bookings.tables import Booking, SlotOccupancy
from dispatch_backend.referrals.actions.constraint_errors import refusal_for
from foundation.actor import Actor
from foundation.database.process_engines import make_engine
from foundation.database.transactions import transaction
from foundation.errors import RuleBroken
from foundation.postgres.roles import OWNER, WEB

DISPATCHERS = 24


@pytest.fixture
def crowd(postgres):
    """An engine with a connection for each of the dispatchers."""
    engine = make_engine(postgres.url(WEB), pool_size=DISPATCHERS)
    yield engine
    engine.dispose()


def signed_in(desk) -> Actor:
    """The dispatcher, in a session of their own."""
    with desk.as_actor(desk.dispatcher.actor) as session:
        return session.actor


def all_at_once(number: int, act) -> list[object]:
    start = threading.Barrier(number)

    def run(place: int) -> object:
        start.wait()
        try:
            return act(place)
        except RuleBroken as refusal:
            return refusal.sentence

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


def test_one_slot_wanted_by_many_is_given_to_exactly_one(desk, crowd):
    slot_id = desk.slot()
    referrals = [desk.sent() for _ in range(DISPATCHERS)]
    dispatcher = signed_in(desk)

    def book(place: int) -> UUID:
        with transaction(dispatcher, on=crowd) as session:
            return book_slot(session, referrals[place], slot_id=slot_id).id

    answers = all_at_once(DISPATCHERS, book)

    assert sum(isinstance(each, UUID) for each in answers) == 1
    assert answers.count("Someone has just taken this slot.") == DISPATCHERS - 1
    with desk.as_loader() as session:
        assert session.scalar(select(func.count()).where(Booking.slot_id == slot_id)) == 1
        assert session.scalar(select(func.count()).where(SlotOccupancy.slot_id == slot_id)) == 1


def test_one_referral_booked_by_many_gets_exactly_one_slot(desk, crowd):
    referral_id = desk.sent()
    slots = [desk.slot() for _ in range(DISPATCHERS)]
    dispatcher = signed_in(desk)

    def book(place: int) -> UUID:
        with transaction(dispatcher, on=crowd) as session:
            return book_slot(session, referral_id, slot_id=slots[place]).id

    answers = all_at_once(DISPATCHERS, book)

    assert sum(isinstance(each, UUID) for each in answers) == 1
    with desk.as_loader() as session:
        live = select(func.count()).where(SlotOccupancy.referral_id == referral_id)
        assert session.scalar(live) == 1


def test_the_database_refuses_a_double_booking_by_itself(desk):
    """Without any rule of ours: two occupancies of one slot, written directly."""
    slot_id, other = desk.slot(), desk.sent()
    desk.booked(desk.sent(), slot_id)

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        taken = session.get_one(SlotOccupancy, slot_id)
        patient_id = session.execute(
            text("SELECT patient_id FROM dispatch.referral WHERE id = :id"), {"id": other}
        ).scalar_one()
        made = Booking(
            referral_id=other, patient_id=patient_id, slot_id=slot_id, booked_by=desk.dispatcher.id
        )
        session.add(made)
        session.flush()
        session.expunge(taken)
        session.add(
            SlotOccupancy(
                slot_id=slot_id,
                booking_id=made.id,
                referral_id=other,
                patient_id=patient_id,
                starts_at=taken.starts_at,
            )
        )

    assert str(refusal_for(refused.value)) == "Someone has just taken this slot."


def test_the_naive_way_of_looking_first_and_then_booking_does_double(postgres):
    """The control: without lock and key the same crowd books the same slots twice."""
    slots = 40
    crowd = make_engine(postgres.url(OWNER), pool_size=DISPATCHERS)
    together = threading.Barrier(DISPATCHERS)
    with crowd.begin() as connection:
        connection.execute(text("CREATE SCHEMA naive"))
        connection.execute(text("CREATE TABLE naive.booking (slot integer)"))

    def book(_place: int) -> None:
        for slot in range(slots):
            together.wait()
            with crowd.begin() as connection:
                free = text("SELECT count(*) = 0 FROM naive.booking WHERE slot = :slot")
                if connection.execute(free, {"slot": slot}).scalar_one():
                    connection.execute(text("INSERT INTO naive.booking VALUES (:slot)"), {"slot": slot})

    try:
        all_at_once(DISPATCHERS, book)
        with crowd.begin() as connection:
            counted = connection.execute(text("SELECT count(*) FROM naive.booking")).scalar_one()
    finally:
        with crowd.begin() as connection:
            connection.execute(text("DROP SCHEMA naive CASCADE"))
        crowd.dispose()

    assert counted > slots
