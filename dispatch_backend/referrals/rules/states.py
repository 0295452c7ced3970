"""The life of a referral: its states, and who may take it from which to which. A new step is a new line here.

The database keeps the same lines (dispatch.allowed_transition) and refuses an event that is not among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from dispatch_backend.referrals.enumerations import WORKER, Act, State
from foundation.errors import NotAllowed, RuleBroken
from identity.roles import DISPATCHING, Role


@dataclass(frozen=True, slots=True)
class Transition:
    """From a state (None: from nothing) to a state, by an act of somebody in a role, or of the worker."""

    from_state: State | None
    to_state: State
    act: Act
    role: str


def _after_death(from_state: State) -> Transition:
    return Transition(from_state, State.REVOKED, Act.REVOKED, WORKER)


def _by_whoever_books(from_state: State, to_state: State, act: Act) -> list[Transition]:
    return [Transition(from_state, to_state, act, role) for role in DISPATCHING]


TRANSITIONS = (
    Transition(None, State.SUBMITTED, Act.SENT, Role.DOCTOR),
    *_by_whoever_books(State.SUBMITTED, State.BOOKED, Act.BOOKED),
    *_by_whoever_books(State.NO_SHOW, State.BOOKED, Act.BOOKED),
    *_by_whoever_books(State.BOOKED, State.BOOKED, Act.REBOOKED),
    *_by_whoever_books(State.BOOKED, State.SUBMITTED, Act.BOOKING_CANCELLED),
    *_by_whoever_books(State.BOOKED, State.BOOKED, Act.CONFIRMED),
    *_by_whoever_books(State.BOOKED, State.BOOKED, Act.ARRIVED),
    Transition(State.BOOKED, State.BOOKED, Act.ARRIVED, Role.DOCTOR),
    *_by_whoever_books(State.BOOKED, State.BOOKED, Act.ARRIVAL_UNDONE),
    *_by_whoever_books(State.BOOKED, State.SERVED, Act.SERVED),
    Transition(State.BOOKED, State.SERVED, Act.SERVED, Role.DOCTOR),
    *_by_whoever_books(State.BOOKED, State.NO_SHOW, Act.MISSED),
    Transition(State.BOOKED, State.NO_SHOW, Act.MISSED, Role.DOCTOR),
    *_by_whoever_books(State.BOOKED, State.REVOKED, Act.REVOKED),
    *_by_whoever_books(State.SUBMITTED, State.REVOKED, Act.REVOKED),
    Transition(State.SUBMITTED, State.REVOKED, Act.REVOKED, Role.DOCTOR),
    *_by_whoever_books(State.NO_SHOW, State.REVOKED, Act.REVOKED),
    Transition(State.NO_SHOW, State.REVOKED, Act.REVOKED, Role.DOCTOR),
    *(_after_death(each) for each in (State.SUBMITTED, State.BOOKED, State.NO_SHOW)),
    Transition(State.REVOKED, State.SUBMITTED, Act.REOPENED, WORKER),
)

_NEXT: Mapping[tuple[State | None, Act, str], State] = {
    (each.from_state, each.act, each.role): each.to_state for each in TRANSITIONS
}
_STEPS = {(each.from_state, each.act) for each in TRANSITIONS}


def next_state(state: State | None, act: Act, role: str) -> State:
    """Where the act leads.

    Raises:
        RuleBroken: nobody may do this to a referral in this state.
        NotAllowed: others may, but not in this role.
    """
    if (state, act) not in _STEPS:
        raise RuleBroken("The referral has moved on meanwhile: this step is no longer possible.")
    if (state, act, role) not in _NEXT:
        raise NotAllowed("Other members of staff do this step.")
    return _NEXT[state, act, role]
