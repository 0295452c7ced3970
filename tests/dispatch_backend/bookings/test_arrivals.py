"""Between a booking and its outcome: the patient confirms, and arrives; what was noted by mistake is taken back."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch_backend.bookings.actions.arrivals import confirm_booking, record_arrival, undo_arrival
from dispatch_backend.bookings.actions.bookings import cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.actions.rebooking import rebook
from dispatch_backend.bookings.enumerations import BookingState, Outcome
from dispatch_backend.bookings.queries.referral_cards import referral_to_read
from dispatch_backend.bookings.rules.booking import require_day
from dispatch_backend.referrals.enumerations import Act, State
from foundation.clock import zone
from foundation.errors import NotAllowed, NotFound, RuleBroken, Stale
from tests.dispatch_backend.by_sql import FREE, OUTCOME, step


@pytest.fixture
def booked(desk):
    referral_id = desk.sent()
    return referral_id, desk.booked(referral_id, desk.slot())


def _card(desk, referral_id):
    with desk.as_actor(desk.dispatcher.actor) as session:
        return referral_to_read(session, referral_id)


def _by(desk, act, *given, actor=None, **words):
    with desk.as_actor(actor or desk.dispatcher.actor) as session:
        return act(session, *given, **words)


def test_a_patient_confirms_once_and_the_referral_stays_booked_with_its_owner(desk, booked):
    referral_id, booking_id = booked
    before = _card(desk, referral_id)

    _by(desk, confirm_booking, booking_id, version=2)

    card = _card(desk, referral_id)
    assert (card.state, card.owner_id) == (State.BOOKED, before.owner_id)
    assert card.booking.state is BookingState.CONFIRMED
    assert [each.act for each in card.steps] == [Act.SENT, Act.BOOKED, Act.CONFIRMED]
    with pytest.raises(RuleBroken, match="moved on"):
        _by(desk, confirm_booking, booking_id)
    with pytest.raises(Stale):
        _by(desk, confirm_booking, booking_id, version=2)


def test_a_confirmed_booking_is_moved_or_cancelled_like_any(desk, booked):
    referral_id, booking_id = booked
    _by(desk, confirm_booking, booking_id)

    other_id = _by(desk, rebook, booking_id, slot_id=desk.slot(), reason="Another day").id
    assert _card(desk, referral_id).booking.state is BookingState.BOOKED
    _by(desk, confirm_booking, other_id)
    _by(desk, cancel_booking, other_id, reason="Doctor ill")

    assert _card(desk, referral_id).state is State.SUBMITTED


@pytest.mark.parametrize("confirmed", [False, True])
def test_who_arrived_was_served_and_cannot_have_stayed_away(desk, confirmed):
    referral_id, booking_id = desk.visited()
    _by(desk, record_arrival, booking_id)

    assert _card(desk, referral_id).booking.state is BookingState.ARRIVED
    with pytest.raises(RuleBroken, match="noted as arrived"):
        _by(desk, record_outcome, booking_id, outcome=Outcome.NO_SHOW)
    if confirmed:
        with pytest.raises(RuleBroken, match="moved on"):
            _by(desk, record_arrival, booking_id)
    _by(desk, record_outcome, booking_id, outcome=Outcome.SERVED)
    assert _card(desk, referral_id).booking.state is BookingState.FULFILLED


def test_an_arrival_by_mistake_is_taken_back_and_stays_in_the_history(desk):
    referral_id, booking_id = desk.visited()
    with pytest.raises(RuleBroken, match="moved on"):
        _by(desk, undo_arrival, booking_id, reason="A namesake")
    _by(desk, record_arrival, booking_id)
    with pytest.raises(RuleBroken, match="reason"):
        _by(desk, undo_arrival, booking_id, reason=" ")

    _by(desk, undo_arrival, booking_id, reason="A namesake")
    _by(desk, record_outcome, booking_id, outcome=Outcome.NO_SHOW)

    acts = [each.act for each in _card(desk, referral_id).steps]
    assert acts[-3:] == [Act.ARRIVED, Act.ARRIVAL_UNDONE, Act.MISSED]


def test_nobody_arrives_before_the_day_and_nobody_confirms_after_the_beginning(desk, booked):
    with pytest.raises(RuleBroken, match="day of the visit"):
        _by(desk, record_arrival, booked[1])
    with pytest.raises(RuleBroken, match="has begun"):
        _by(desk, confirm_booking, desk.visited()[1])


def test_the_day_is_the_regions():
    midnight = datetime(2026, 3, 2, tzinfo=zone())
    visit = (midnight + timedelta(hours=23)).astimezone(UTC)

    require_day(starts_at=visit, at=midnight, zone=zone())
    with pytest.raises(RuleBroken):
        require_day(starts_at=visit, at=midnight - timedelta(seconds=1), zone=zone())


def test_only_where_the_patient_is_expected_a_doctor_sees_them_arrive(desk, people):
    patient = desk.patient()
    _, booking_id = desk.visited(patient)

    with pytest.raises(NotAllowed):
        _by(desk, record_arrival, booking_id, actor=desk.doctor.actor)
    for act in (confirm_booking, record_arrival):
        with pytest.raises(NotFound):
            _by(desk, act, booking_id, actor=people.doctor().actor)
    with pytest.raises(NotAllowed):
        _by(desk, undo_arrival, desk.arrived()[1], reason="A namesake", actor=desk.doctor.actor)
    treating = people.doctor(facility_id=desk.target_id)
    _by(desk, record_arrival, booking_id, actor=treating.actor)


def test_sql_of_one_s_own_brings_nobody_there_before_the_day_and_sends_nobody_away(desk, booked):
    referral_id, _ = booked
    slot = "(SELECT slot_id FROM dispatch.slot_occupancy WHERE referral_id = :referral)"
    visit = {
        "owner": f"(SELECT facility_id FROM dispatch.slot WHERE id = {slot})",
        "act_by": "next_action_due",
    }

    with pytest.raises(IntegrityError) as early, desk.as_actor(desk.dispatcher.actor) as session:
        step(session, referral_id, "patient.arrived", "booked", **visit)
    there_id, there_booking = desk.arrived()
    with pytest.raises(IntegrityError) as away, desk.as_actor(desk.dispatcher.actor) as session:
        session.execute(FREE, {"referral": there_id})
        session.execute(OUTCOME, {"booking": there_booking, "outcome": "no_show"})
        step(session, there_id, "visit.missed", "no_show")

    assert early.value.orig.diag.constraint_name == "ck_booking_day"
    assert away.value.orig.diag.constraint_name == "ck_booking_step"


def test_who_is_there_already_is_moved_where_their_doctor_falls_ill(desk, booked, as_administrator):
    referral_id, booking_id = booked
    with as_administrator() as connection:
        # As on the day of the visit, before it begins.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(
            text("UPDATE dispatch.booking SET state = 'arrived' WHERE id = :id"), {"id": booking_id}
        )
        connection.commit()

    _by(desk, rebook, booking_id, slot_id=desk.slot(), reason="Doctor ill")

    assert _card(desk, referral_id).booking.state is BookingState.BOOKED
