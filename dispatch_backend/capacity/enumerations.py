"""Words about what can be booked that other rooms may say."""

from enum import StrEnum


class ResourceKind(StrEnum):
    """What a slot is of."""

    DOCTOR = "doctor"
    ROOM = "room"
    DEVICE = "device"
    BED = "bed"
    TEAM = "team"
