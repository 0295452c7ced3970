"""Words about what waits for a person to decide."""

from enum import StrEnum


class ConflictKind(StrEnum):
    """Why somebody has to look: less is known than the register asks for, or a sender tells it otherwise."""

    PROVISIONAL = "provisional"
    BIRTH_DATE = "birth_date"
    NAME = "name"


class ConflictDecision(StrEnum):
    ACCEPTED = "accepted"
    REJECTED = "rejected"
