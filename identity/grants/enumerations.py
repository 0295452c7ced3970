"""What became of an offered right, and how the offer stands."""

from enum import StrEnum


class Answer(StrEnum):
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"  # by whoever offered it


class OfferState(StrEnum):
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"
    EXPIRED = "expired"  # nobody has answered
