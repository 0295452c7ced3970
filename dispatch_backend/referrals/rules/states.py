"""The life of a referral: its states, and who may take it from which to which. A new step is a new line here.

The database keeps the same lines (dispatch.transition) and refuses an event that is not among them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from foundation.errors import NotAllowed, RuleBroken
from identity.roles import Role


class State(StrEnum):
    SUBMITTED = "submitted"
    BOOKED = "booked"
    NO_SHOW = "no_show"
    SERVED = "served"
    REVOKED = "revoked"

    @classmethod
    def _missing_(cls, value: object) -> "State | None":
        return FORMER_STATES.get(value)


class Act(StrEnum):
    """What was done to a referral: the words of its history."""

    SENT = "referral.sent"
    BOOKED = "referral.booked"
    BOOKING_CANCELLED = "booking.cancelled"
    SERVED = "visit.served"
    MISSED = "visit.missed"
    REVOKED = "referral.revoked"

    @classmethod
    def _missing_(cls, value: object) -> "Act | None":
        return FORMER_ACTS.get(value)


# Until a referral's end had FHIR's word, it had that of a booking's. Rows of that time keep it: it is under their
# hash, and the state of a referral is held to its last event. They are read by these; nothing is written by them.
FORMER_STATES: Mapping[object, State] = {"cancelled": State.REVOKED}
FORMER_ACTS: Mapping[object, Act] = {"referral.cancelled": Act.REVOKED}

# An open referral is somebody's to act upon; there is no state into which it can fall by lying still.
OPEN = frozenset({State.SUBMITTED, State.BOOKED, State.NO_SHOW})
CLOSED = frozenset(State) - OPEN
# What a dispatcher finds a slot for: a missed visit is booked again, not forgotten.
BOOKABLE = frozenset({State.SUBMITTED, State.NO_SHOW})


@dataclass(frozen=True, slots=True)
class Transition:
    """From a state (None: from nothing) to a state, by an act of somebody in a role."""

    from_state: State | None
    to_state: State
    act: Act
    role: Role


TRANSITIONS = (
    Transition(None, State.SUBMITTED, Act.SENT, Role.DOCTOR),
    Transition(State.SUBMITTED, State.BOOKED, Act.BOOKED, Role.DISPATCHER),
    Transition(State.NO_SHOW, State.BOOKED, Act.BOOKED, Role.DISPATCHER),
    Transition(State.BOOKED, State.SUBMITTED, Act.BOOKING_CANCELLED, Role.DISPATCHER),
    Transition(State.BOOKED, State.SERVED, Act.SERVED, Role.DISPATCHER),
    Transition(State.BOOKED, State.SERVED, Act.SERVED, Role.DOCTOR),
    Transition(State.BOOKED, State.NO_SHOW, Act.MISSED, Role.DISPATCHER),
    Transition(State.BOOKED, State.NO_SHOW, Act.MISSED, Role.DOCTOR),
    Transition(State.BOOKED, State.REVOKED, Act.REVOKED, Role.DISPATCHER),
    Transition(State.SUBMITTED, State.REVOKED, Act.REVOKED, Role.DISPATCHER),
    Transition(State.SUBMITTED, State.REVOKED, Act.REVOKED, Role.DOCTOR),
    Transition(State.NO_SHOW, State.REVOKED, Act.REVOKED, Role.DISPATCHER),
    Transition(State.NO_SHOW, State.REVOKED, Act.REVOKED, Role.DOCTOR),
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
        raise NotAllowed("This step belongs to another role.")
    return _NEXT[state, act, role]
