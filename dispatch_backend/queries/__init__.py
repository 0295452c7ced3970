"""What can be asked about referrals, slots and bookings. Other rooms find their words (states, acts) here too."""

from dispatch_backend.queries.bookings import referral_of_booking, upcoming_bookings_of
from dispatch_backend.queries.cards import BookingCard, HistoryStep, ReferralCard, ServiceCard
from dispatch_backend.queries.counters import Counters, counters
from dispatch_backend.queries.queue import QueueFilter, QueuePage, QueueRow, queue
from dispatch_backend.queries.referrals import (
    patients_referral_selects,
    referral_to_read,
    referrals_from,
    referrals_of,
)
from dispatch_backend.queries.services import services
from dispatch_backend.queries.slots import FreeSlot, RankedSlot, free_slots, ranked_slots
from dispatch_backend.rules.kinds import Priority, ServiceKind
from dispatch_backend.rules.states import BOOKABLE, FORMER_ACTS, Act, State

__all__ = [
    "BOOKABLE",
    "FORMER_ACTS",
    "Act",
    "BookingCard",
    "Counters",
    "FreeSlot",
    "HistoryStep",
    "Priority",
    "QueueFilter",
    "QueuePage",
    "QueueRow",
    "RankedSlot",
    "ReferralCard",
    "ServiceCard",
    "ServiceKind",
    "State",
    "counters",
    "free_slots",
    "patients_referral_selects",
    "queue",
    "ranked_slots",
    "referral_of_booking",
    "referral_to_read",
    "referrals_from",
    "referrals_of",
    "services",
    "upcoming_bookings_of",
]
