"""Where a referral may go, whose turn it then is, and what it is called."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from dispatch_backend.referrals import enumerations
from dispatch_backend.referrals.enumerations import WORKER, Act, State
from dispatch_backend.referrals.rules import states
from dispatch_backend.referrals.rules.numbers import referral_number
from dispatch_backend.referrals.rules.responsibility import next_responsibility
from dispatch_backend.referrals.rules.states import Transition, next_state
from foundation.errors import NotAllowed, RuleBroken

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_dispatcher_books_and_a_doctor_does_not():
    assert next_state(State.SUBMITTED, Act.BOOKED, "dispatcher") is State.BOOKED
    with pytest.raises(NotAllowed):
        next_state(State.SUBMITTED, Act.BOOKED, "doctor")


@pytest.mark.parametrize("state", sorted(enumerations.CLOSED))
@pytest.mark.parametrize("act", list(Act))
def test_a_closed_referral_goes_nowhere(state, act):
    with pytest.raises((RuleBroken, NotAllowed)):
        next_state(state, act, "dispatcher")


def test_one_that_was_revoked_is_reopened_by_the_worker_alone():
    back = [each for each in states.TRANSITIONS if each.from_state in enumerations.CLOSED]

    assert back == [Transition(State.REVOKED, State.SUBMITTED, Act.REOPENED, WORKER)]
    assert next_state(State.REVOKED, Act.REOPENED, WORKER) is State.SUBMITTED


def test_every_open_state_has_a_way_out_and_every_state_a_way_in():
    assert {each.from_state for each in states.TRANSITIONS} - {None} >= enumerations.OPEN
    assert {each.to_state for each in states.TRANSITIONS} == set(State)


def test_every_open_referral_has_an_owner_and_a_day_and_a_closed_one_neither():
    center, place = UUID(int=1), UUID(int=2)
    for state in State:
        visit = (place, NOON) if state is State.BOOKED else None
        responsibility = next_responsibility(state, center_id=center, due_at=NOON, visit=visit, at=NOON)
        assert (responsibility.owner_id is not None) == (state in enumerations.OPEN)
        assert (responsibility.act_by is not None) == (state in enumerations.OPEN)


def test_a_number_is_easily_said():
    assert referral_number(2026, 123) == "R-2026-000123"
