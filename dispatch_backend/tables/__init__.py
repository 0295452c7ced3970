"""What the dispatch room keeps: services and their legal terms, referrals with their history, slots and bookings."""

from dispatch_backend.tables.bookings import (
    Booking,
    BookingCancellation,
    BookingOutcome,
    SlotOccupancy,
)
from dispatch_backend.tables.referrals import Referral, ReferralEvent
from dispatch_backend.tables.services import Service, WaitingTerm
from dispatch_backend.tables.slots import Slot
from dispatch_backend.tables.transitions import AllowedTransition

__all__ = [
    "AllowedTransition",
    "Booking",
    "BookingCancellation",
    "BookingOutcome",
    "Referral",
    "ReferralEvent",
    "Service",
    "Slot",
    "SlotOccupancy",
    "WaitingTerm",
]
