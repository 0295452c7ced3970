"""Whoever runs SQL of their own as center_web cannot tear a referral, its booking and the slot apart; what they write rightly passes."""

from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_backend.bookings.enumerations import LIVE, BookingState
from foundation.identifiers import new_id
from tests.dispatch_backend import by_sql
from tests.dispatch_backend.by_sql import book, end, occupy, step

STATE = text("SELECT state, live FROM dispatch.booking WHERE id = :id")
CANCELLED, SUBMITTED = "booking.cancelled", "submitted"


@pytest.fixture
def held(desk):
    """A referral, and a booking of it by hand, as a process of the version before makes it."""
    referral_id, slot_id = desk.sent(), desk.slot()
    with desk.as_actor(desk.dispatcher.actor) as session:
        return referral_id, book(session, referral_id, slot_id)


def _state(desk, booking_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return tuple(session.execute(STATE, {"id": booking_id}).one())


def test_the_states_are_those_that_the_code_knows(desk):
    with desk.as_loader() as session:
        kept = session.execute(text("SELECT code, live FROM dispatch.booking_state")).all()

    assert {tuple(row) for row in kept} == {(each, each in LIVE) for each in BookingState}


def test_a_booking_follows_the_steps_of_its_referral(desk, held):
    referral_id, booking_id = held
    assert _state(desk, booking_id) == ("booked", True)
    with desk.as_actor(desk.dispatcher.actor) as session:
        end(session, referral_id, booking_id)
        step(session, referral_id, CANCELLED, SUBMITTED)
    assert _state(desk, booking_id) == ("cancelled", False)


@pytest.mark.parametrize(
    ("act", "outcome", "state"),
    [("visit.served", "served", "fulfilled"), ("visit.missed", "no_show", "no_show")],
)
def test_the_outcome_of_a_visit_that_has_begun_is_the_state_of_its_booking(desk, act, outcome, state):
    referral_id, booking_id = desk.visited()
    assert _state(desk, booking_id) == ("booked", True)
    with desk.as_actor(desk.dispatcher.actor) as session:
        end(session, referral_id, booking_id, outcome)
        step(session, referral_id, act, outcome)
    assert _state(desk, booking_id) == (state, False)


def _only_the_event(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id)
    step(session, referral_id, CANCELLED, SUBMITTED)
    step(session, referral_id, "referral.booked", "booked", slot_id=slot_id)


def _slot_still_taken(session, referral_id, booking_id, slot_id):
    session.execute(by_sql.CANCEL, {"booking": booking_id})
    step(session, referral_id, CANCELLED, SUBMITTED)


def _revoked_with_its_slot(session, referral_id, booking_id, slot_id):
    step(session, referral_id, "referral.revoked", "revoked")


def _slot_freed_under_it(session, referral_id, booking_id, slot_id):
    session.execute(by_sql.FREE, {"referral": referral_id})


def _cancelled_by_a_row_alone(session, referral_id, booking_id, slot_id):
    session.execute(by_sql.CANCEL, {"booking": booking_id})


def _freed_and_told_without_an_event(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id)


def _cancelled_without_a_row(session, referral_id, booking_id, slot_id):
    session.execute(by_sql.FREE, {"referral": referral_id})
    step(session, referral_id, CANCELLED, SUBMITTED)


def _cancelled_and_missed(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id)
    session.execute(by_sql.OUTCOME, {"booking": booking_id, "outcome": "no_show"})
    step(session, referral_id, CANCELLED, SUBMITTED)


def _cancelled_and_told_as_served(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id, "served")
    step(session, referral_id, CANCELLED, SUBMITTED)


def _moved_without_another_slot(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id)
    step(session, referral_id, "referral.rebooked", "booked", slot_id=slot_id)


def _booked_twice(session, referral_id, booking_id, slot_id):
    """A second row, which says of another time that it is the referral's."""
    session.execute(by_sql.BOOK, {"booking": new_id(), "referral": referral_id, "slot": slot_id})


def _served_before_the_visit(session, referral_id, booking_id, slot_id):
    end(session, referral_id, booking_id, "served")
    step(session, referral_id, "visit.served", "served")


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        (_only_the_event, "ck_referral_booked"),
        (_slot_still_taken, "ck_booking_occupies"),
        (_revoked_with_its_slot, "ck_booking_occupies"),
        (_slot_freed_under_it, "ck_booking_occupies"),
        (_cancelled_by_a_row_alone, "ck_booking_told"),
        (_freed_and_told_without_an_event, "ck_booking_told"),
        (_cancelled_without_a_row, "ck_booking_told"),
        (_cancelled_and_missed, "ck_booking_told"),
        (_cancelled_and_told_as_served, "ck_booking_told"),
        (_moved_without_another_slot, "ck_referral_booked"),
        (_served_before_the_visit, "ck_booking_begun"),
        (_booked_twice, "ck_booking_occupies"),
    ],
)
def test_a_booked_referral_and_its_booking_are_not_torn_apart(desk, held, attack, why):
    referral_id, booking_id = held
    slot_id = desk.slot(starts_in=timedelta(days=9))

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        attack(session, referral_id, booking_id, slot_id)

    assert refused.value.orig.diag.constraint_name == why
    assert _state(desk, booking_id) == ("booked", True)


@pytest.mark.parametrize(
    ("act", "state", "outcome"),
    [
        ("patient.arrived", "booked", ""),
        ("visit.served", "served", "served"),
        ("visit.missed", "no_show", "no_show"),
    ],
)
def test_a_doctor_of_another_facility_tells_nothing_of_a_visit(desk, act, state, outcome):
    """Not even of the one that referred."""
    referral_id, booking_id = desk.visited(began=timedelta(minutes=1))
    with desk.as_loader() as session:
        slot_id = session.scalar(
            text("SELECT slot_id FROM dispatch.booking WHERE id = :id"), {"id": booking_id}
        )

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.doctor.actor) as session:
        if outcome:
            end(session, referral_id, booking_id, outcome)
        step(session, referral_id, act, state, slot_id=slot_id)

    assert refused.value.orig.diag.constraint_name == "ck_booking_place"
    assert _state(desk, booking_id) == ("booked", True)


def test_no_slot_is_occupied_for_a_referral_that_waits(desk):
    referral_id, slot_id = desk.sent(), desk.slot()

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        occupy(session, referral_id, slot_id)

    assert refused.value.orig.diag.constraint_name == "ck_referral_booked"


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        ({"starts_in": -timedelta(days=400)}, "ck_booking_to_come"),
        ({"service_code": "I-MRI"}, "ck_booking_service"),
    ],
)
def test_a_booking_is_of_a_slot_to_come_for_what_was_asked(desk, slot, why):
    referral_id, slot_id = desk.sent(), desk.slot(**slot)

    with pytest.raises(IntegrityError) as refused, desk.as_actor(desk.dispatcher.actor) as session:
        book(session, referral_id, slot_id)

    assert refused.value.orig.diag.constraint_name == why


def test_stored_bookings_have_the_state_that_their_rows_tell_of(desk, held, as_administrator):
    rule = import_module("migrations.versions.0110_states_of_bookings")
    live, cancelled, missed, served, lost = (
        held[1],
        *(desk.booked(desk.sent(), desk.slot(starts_in=timedelta(days=20 + day))) for day in range(4)),
    )
    every = [live, cancelled, missed, served, lost]
    tell = (
        (by_sql.CANCEL, {"booking": cancelled}),
        (by_sql.OUTCOME, {"booking": missed, "outcome": "no_show"}),
        (by_sql.OUTCOME, {"booking": served, "outcome": "served"}),
        # One whose slot is occupied all the same.
        (by_sql.CANCEL, {"booking": live}),
    )
    asked = text("SELECT id, state, live FROM dispatch.booking WHERE id = ANY(:every)")

    with as_administrator() as connection, connection.begin_nested() as attempt:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement, values in tell:
            connection.execute(statement, values)
        connection.execute(
            text("DELETE FROM dispatch.slot_occupancy WHERE booking_id = ANY(:every)"), {"every": every[1:]}
        )
        connection.execute(
            text("UPDATE dispatch.booking SET state = 'fulfilled', live = false WHERE id = ANY(:every)"),
            {"every": every},
        )
        for statement in (*rule.STORED, rule.CONTRADICT):
            connection.execute(text(statement))
        found = {row.id: (row.state, row.live) for row in connection.execute(asked, {"every": every})}
        attempt.rollback()

    assert found == {
        live: ("booked", True),
        cancelled: ("cancelled", False),
        missed: ("no_show", False),
        served: ("fulfilled", False),
        lost: ("cancelled", False),
    }
