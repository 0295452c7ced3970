"""How far a case has come."""

from enum import StrEnum


class ObjectionState(StrEnum):
    """RECEIVED until the first answer; NEEDS_ACTION is an answer after which the case stays open."""

    RECEIVED = "received"
    NEEDS_ACTION = "needs_action"
    FOUNDED = "founded"
    NOT_FOUNDED = "not_founded"


CLOSED = (ObjectionState.FOUNDED, ObjectionState.NOT_FOUNDED)
ANSWERS = (ObjectionState.NOT_FOUNDED, ObjectionState.NEEDS_ACTION, ObjectionState.FOUNDED)
