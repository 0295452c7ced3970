"""Words about what can be booked that other rooms may say."""

from enum import StrEnum


class ResourceKind(StrEnum):
    """What a slot is of."""

    DOCTOR = "doctor"
    ROOM = "room"
    DEVICE = "device"
    BED = "bed"
    TEAM = "team"


class ClosingReason(StrEnum):
    """Why a time is closed."""

    ILLNESS = "illness"
    OUT_OF_ORDER = "out_of_order"
    OTHER = "other"  # said in words
