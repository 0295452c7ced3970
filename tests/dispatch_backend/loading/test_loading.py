"""Whole histories entered at once obey the same rules as those that people make by working."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch_backend.bookings.queries.referral_cards import referral_to_read, referrals_of
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.loading.actions.historical_referrals import HistoricalReferral, HistoricalStep
from dispatch_backend.loading.actions.load_referrals import load_referrals
from dispatch_backend.referrals.enumerations import Act, State
from dispatch_backend.services.actions import load_reference
from dispatch_backend.services.enumerations import Priority
from foundation.clock import now
from foundation.errors import RuleBroken
from tests.verifying import broken_events


def _past(desk, *acts: Act) -> HistoricalReferral:
    began, slot = now() - timedelta(days=300), desk.offered(starts_in=-timedelta(days=200))
    steps = []
    for number, act in enumerate(acts):
        staff = desk.doctor if act is Act.SENT else desk.dispatcher
        role = "doctor" if act is Act.SENT else "dispatcher"
        steps.append(
            HistoricalStep(
                act,
                began + timedelta(days=number),
                role,
                staff.id,
                staff.facility_id,
                slot=slot if act is Act.BOOKED else None,
            )
        )
    return HistoricalReferral(desk.patient().id, "C-CARD", "Chest pain", "I20.8", Priority.PLANNED, steps)


@pytest.mark.parametrize(
    ("acts", "state"),
    [
        ((Act.SENT,), State.SUBMITTED),
        ((Act.SENT, Act.BOOKED), State.BOOKED),
        ((Act.SENT, Act.BOOKED, Act.SERVED), State.SERVED),
        ((Act.SENT, Act.BOOKED, Act.MISSED), State.NO_SHOW),
        ((Act.SENT, Act.BOOKED, Act.BOOKING_CANCELLED, Act.BOOKED, Act.SERVED), State.SERVED),
        ((Act.SENT, Act.REVOKED), State.REVOKED),
    ],
)
def test_a_loaded_history_is_whole_and_leaves_the_referral_where_it_ended(desk, acts, state):
    past = _past(desk, *acts)

    with desk.as_loader() as session:
        load_referrals(session, [past])

    with desk.as_actor(desk.doctor.actor) as session:
        card = referral_to_read(session, past.id)
        assert broken_events(session)[1] == []
        booked = [step.slot.id for step in past.steps if step.slot]
        assert all(session.get(Slot, slot).taken == (state is State.BOOKED) for slot in booked)
    assert card.state == state
    assert [step.act for step in card.steps] == list(acts)
    assert (card.booking is not None) == (state in (State.BOOKED, State.SERVED))


def test_what_is_loaded_later_of_the_same_patient_finds_them_in_care_and_keeps_its_number(desk):
    first, later = _past(desk, Act.SENT, Act.REVOKED), _past(desk, Act.SENT, Act.BOOKED)
    later = replace(later, patient_id=first.patient_id, running_number=int(later.id.int % 10**9) + 10**6)

    for past in (first, later):
        with desk.as_loader() as session:
            load_referrals(session, [past])

    with desk.as_actor(desk.dispatcher.actor) as session:
        cards = referrals_of(session, first.patient_id)
    assert {card.id for card in cards} == {first.id, later.id}
    assert cards[0].number.endswith(f"-{later.running_number}")


def test_a_history_that_the_rules_do_not_allow_is_not_loaded(desk):
    with pytest.raises(RuleBroken), desk.as_loader() as session:
        load_referrals(session, [_past(desk, Act.SENT, Act.SERVED)])


def test_reference_data_entered_twice_changes_nothing(desk):
    with desk.as_loader() as session:
        assert load_reference(session) == {
            "services": 0,
            "services_described": 0,
            "waiting_terms": 0,
            "calendar_days": 0,
        }
