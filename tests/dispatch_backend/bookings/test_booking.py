"""Sending, booking, cancelling, outcome: the life of a referral through the real actions."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from dispatch_backend.bookings.actions.bookings import book_slot, cancel_booking
from dispatch_backend.bookings.actions.outcomes import record_outcome
from dispatch_backend.bookings.enumerations import Outcome
from dispatch_backend.bookings.queries.bookings import upcoming_bookings_of
from dispatch_backend.bookings.queries.referral_cards import referral_to_read, referrals_of
from dispatch_backend.bookings.tables import SlotOccupancy
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.referrals.actions.referrals import revoke_referral
from dispatch_backend.referrals.enumerations import State
from dispatch_backend.referrals.tables.referrals import Referral
from foundation.clock import now
from foundation.errors import BadInput, NotAllowed, NotFound, RuleBroken, Stale
from tests.verifying import broken_events


def test_a_referral_freezes_its_legal_day_and_belongs_to_the_center(desk):
    referral_id = desk.sent()

    with desk.as_actor(desk.dispatcher.actor) as session:
        card = referral_to_read(session, referral_id)
        row = session.get(Referral, referral_id)

    assert card.number.startswith(f"R-{now().year}-")
    assert card.due_at > now() + timedelta(days=14)
    assert "2022" in card.legal_basis.en
    assert row.owner_id == desk.center_id
    assert row.next_action_due == row.due_at


def test_a_second_open_referral_for_the_same_service_is_refused(desk):
    patient = desk.patient()
    desk.sent(patient)

    with pytest.raises(RuleBroken, match="already has an open referral"):
        desk.sent(patient)


def test_a_diagnosis_code_with_a_cyrillic_letter_is_not_sent(desk):
    with pytest.raises(BadInput, match="ICD-10"):
        desk.sent(diagnosis_code="А09")


def test_a_doctor_cannot_refer_a_patient_of_others(desk, people):
    stranger = people.patient(cared_for_at=people.facility())

    with pytest.raises(NotFound):
        desk.sent(stranger)


def test_a_dispatcher_does_not_refer(desk):
    patient = desk.patient()
    desk.sent(patient, service_code="I-CT")
    desk.doctor = desk.dispatcher

    with pytest.raises(NotAllowed):
        desk.sent(patient)


def test_booking_brings_the_patient_into_the_care_of_the_facility_that_treats(desk, people):
    patient = desk.patient()
    referral_id, slot_id = desk.sent(patient), desk.slot()
    treating = people.doctor(facility_id=desk.target_id)
    with desk.as_actor(treating.actor) as session:
        assert referrals_of(session, patient.id) == []

    desk.booked(referral_id, slot_id)

    with desk.as_actor(treating.actor) as session:
        (card,) = referrals_of(session, patient.id)
        row = session.get(Referral, referral_id)
    assert card.state == State.BOOKED
    assert card.booking.facility_id == desk.target_id
    assert row.owner_id == desk.target_id
    assert row.next_action_due == card.booking.ends_at


def test_the_patient_sees_what_happened_and_what_comes_next(desk):
    patient = desk.patient()
    desk.booked(desk.sent(patient), desk.slot())

    with desk.as_actor(patient.actor) as session:
        (card,) = referrals_of(session, patient.id)
        (coming,) = upcoming_bookings_of(session, patient.id, at=now())

    assert [step.act for step in card.steps] == ["referral.sent", "referral.booked"]
    assert coming == card.booking


def test_a_taken_slot_is_refused_to_the_next(desk):
    slot_id = desk.slot()
    desk.booked(desk.sent(), slot_id)

    with pytest.raises(RuleBroken, match="Someone has just taken this slot"):
        desk.booked(desk.sent(), slot_id)


def test_a_booked_referral_is_not_booked_again(desk):
    referral_id = desk.sent()
    desk.booked(referral_id, desk.slot())

    with pytest.raises(RuleBroken, match="moved on"):
        desk.booked(referral_id, desk.slot(starts_in=timedelta(days=3)))


def test_a_patient_is_not_booked_in_two_places_at_once(desk):
    patient, moment = desk.patient(), now() + timedelta(days=2)
    desk.booked(desk.sent(patient), desk.slot(starts_at=moment))
    elsewhere = desk.slot(starts_at=moment, service_code="I-CT")

    with pytest.raises(RuleBroken, match="has a visit at that time: Cardiologist"):
        desk.booked(desk.sent(patient, service_code="I-CT"), elsewhere)


def test_a_booking_made_on_an_old_sight_of_the_referral_is_stale(desk):
    referral_id, slot_id = desk.sent(), desk.slot()
    booking_id = desk.booked(referral_id, slot_id)
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="The doctor is ill")

    with pytest.raises(Stale), desk.as_actor(desk.dispatcher.actor) as session:
        book_slot(session, referral_id, slot_id=slot_id, version=1)


def test_a_cancelled_booking_frees_the_slot_and_keeps_the_legal_day(desk):
    referral_id, slot_id = desk.sent(), desk.slot()
    with desk.as_actor(desk.dispatcher.actor) as session:
        due_at = referral_to_read(session, referral_id).due_at
    booking_id = desk.booked(referral_id, slot_id)

    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="The doctor is ill")

    with desk.as_actor(desk.dispatcher.actor) as session:
        card = referral_to_read(session, referral_id)
        assert not session.get(Slot, slot_id).taken
        assert session.get(SlotOccupancy, slot_id) is None
    assert (card.state, card.booking, card.due_at) == (State.SUBMITTED, None, due_at)
    assert card.steps[-1].reason == "The doctor is ill"
    desk.booked(referral_id, slot_id)


def test_a_booking_is_not_cancelled_without_a_reason(desk):
    booking_id = desk.booked(desk.sent(), desk.slot())

    with pytest.raises(RuleBroken, match="reason"), desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="  ")


def test_a_referral_can_be_revoked_together_with_its_booking(desk):
    referral_id = desk.sent()
    booking_id = desk.booked(referral_id, desk.slot())

    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="Recovered", revoke=True)

    with desk.as_actor(desk.dispatcher.actor) as session:
        assert session.get(Referral, referral_id).owner_id is None
        assert session.get(Referral, referral_id).state == State.REVOKED


def test_a_revoked_referral_is_closed_with_its_reason(desk):
    patient = desk.patient()
    referral_id = desk.sent(patient)

    with desk.as_actor(desk.doctor.actor) as session:
        revoke_referral(session, referral_id, reason="Recovered")

    with desk.as_actor(desk.doctor.actor) as session:
        card = referral_to_read(session, referral_id)
    assert (card.state, card.steps[-1].reason) == (State.REVOKED, "Recovered")
    desk.sent(patient)


@pytest.mark.parametrize("outcome", [Outcome.SERVED, Outcome.NO_SHOW])
def test_the_outcome_closes_the_referral_or_gives_it_back_to_the_queue(desk, outcome):
    referral_id, booking_id = desk.visited()

    with desk.as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, booking_id, outcome=outcome)

    with desk.as_actor(desk.dispatcher.actor) as session:
        row = session.get(Referral, referral_id)
        assert row.state == outcome.value
        assert (row.owner_id is None) == (outcome is Outcome.SERVED)
        assert broken_events(session)[1] == []


def test_the_outcome_of_a_visit_to_come_cannot_be_recorded(desk):
    booking_id = desk.booked(desk.sent(), desk.slot())

    with pytest.raises(RuleBroken, match="has not begun"), desk.as_actor(desk.dispatcher.actor) as session:
        record_outcome(session, booking_id, outcome=Outcome.SERVED)


def test_every_step_leaves_an_audit_line_and_an_announcement(desk, as_administrator):
    patient = desk.patient()
    booking_id = desk.booked(desk.sent(patient), desk.slot())
    with desk.as_actor(desk.dispatcher.actor) as session:
        cancel_booking(session, booking_id, reason="The doctor is ill")

    with as_administrator() as connection:
        acts = connection.execute(
            text("SELECT act FROM foundation.audit_event WHERE patient_id = :id ORDER BY id"),
            {"id": patient.id},
        ).scalars()
        topics = connection.execute(
            text(
                "SELECT topic FROM foundation.outbox_message WHERE payload->>'patient_id' = :id ORDER BY id"
            ),
            {"id": str(patient.id)},
        ).scalars()
        assert [act for act in acts if act.split(".")[0] in ("referral", "booking")] == [
            "referral.sent",
            "referral.booked",
            "booking.cancelled",
        ]
        assert list(topics) == ["referral.sent", "referral.booked", "booking.cancelled"]
