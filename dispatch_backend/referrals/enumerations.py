"""The states of a referral and the acts that lead from one to the next: words that other rooms may say."""

from collections.abc import Mapping
from enum import StrEnum


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
    REBOOKED = "referral.rebooked"
    BOOKING_CANCELLED = "booking.cancelled"
    CONFIRMED = "booking.confirmed"
    ARRIVED = "patient.arrived"
    ARRIVAL_UNDONE = "arrival.undone"
    SERVED = "visit.served"
    MISSED = "visit.missed"
    REVOKED = "referral.revoked"
    REOPENED = "referral.reopened"

    @classmethod
    def _missing_(cls, value: object) -> "Act | None":
        return FORMER_ACTS.get(value)


class OwnReason(StrEnum):
    """Why the service did a step by itself; people say it in their own words."""

    DEATH = "patient-died"
    DEATH_UNDONE = "death-undone"
    DOCTOR_AWAY = "doctor-away"
    DEVICE_OUT_OF_USE = "device-out-of-use"


# Who does such a step: the process, in nobody's name.
WORKER = "worker"


# Until a referral's end had FHIR's word, it had that of a booking's. Rows of that time keep it: it is under their
# hash, and the state of a referral is held to its last event. They are read by these; nothing is written by them.
FORMER_STATES: Mapping[object, State] = {"cancelled": State.REVOKED}


FORMER_ACTS: Mapping[object, Act] = {"referral.cancelled": Act.REVOKED}


# An open referral is somebody's to act upon; there is no state into which it can fall by lying still.
OPEN = frozenset({State.SUBMITTED, State.BOOKED, State.NO_SHOW})


CLOSED = frozenset(State) - OPEN


# What a dispatcher finds a slot for: a missed visit is booked again, not forgotten.
BOOKABLE = frozenset({State.SUBMITTED, State.NO_SHOW})


# What a dispatcher may look for slots for: also what has one and is to be moved to another.
MOVABLE = BOOKABLE | {State.BOOKED}
