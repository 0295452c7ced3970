"""Words about bookings that other rooms may say."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a visit went."""

    SERVED = "served"
    NO_SHOW = "no_show"
