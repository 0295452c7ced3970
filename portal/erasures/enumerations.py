"""What is kept about a person, and how a request to erase it stands."""

from enum import StrEnum


class RetentionKind(StrEnum):
    RECORD = "record"
    IMAGES = "images"
    REFERRALS = "referrals"
    ACCESS = "access"  # who looked
    CONSENTS = "consents"
    REQUESTS = "requests"  # questions and requests to the privacy officer
    DEVICES = "devices"  # with which browser one was signed in


class ErasureState(StrEnum):
    RECEIVED = "received"
    EXTENDED = "extended"
    KEPT = "kept"
    ERASED = "erased"


ANSWERS = (ErasureState.KEPT, ErasureState.ERASED, ErasureState.EXTENDED)
CLOSED = frozenset({ErasureState.KEPT, ErasureState.ERASED})
