"""Words about bookings that other rooms may say."""

from enum import StrEnum


class Outcome(StrEnum):
    """How a visit went."""

    SERVED = "served"
    NO_SHOW = "no_show"


class BookingState(StrEnum):
    """Where a booking stands, whose referral lives longer. The database moves it; the rows of dispatch.booking_state say the same."""

    BOOKED = "booked"
    CONFIRMED = "confirmed"
    ARRIVED = "arrived"
    CANCELLED = "cancelled"
    FULFILLED = "fulfilled"
    NO_SHOW = "no_show"


# It occupies its slot.
LIVE = frozenset({BookingState.BOOKED, BookingState.CONFIRMED, BookingState.ARRIVED})


# The patient is to come yet.
EXPECTED = frozenset({BookingState.BOOKED, BookingState.CONFIRMED})
