"""What can change in the dispatching of referrals."""

from dispatch_backend.actions.bookings import book_slot, cancel_booking
from dispatch_backend.actions.loading import add_slots, load_referrals
from dispatch_backend.actions.openings import OpenedReferral, open_queue, open_referral
from dispatch_backend.actions.outcomes import record_outcome
from dispatch_backend.actions.past import NewSlot, PastReferral, PastStep
from dispatch_backend.actions.reference import load_reference
from dispatch_backend.actions.referrals import NewReferral, revoke_referral, send_referral
from dispatch_backend.rules.kinds import Outcome, Priority, ServiceKind

__all__ = [
    "NewReferral",
    "NewSlot",
    "OpenedReferral",
    "Outcome",
    "PastReferral",
    "PastStep",
    "Priority",
    "ServiceKind",
    "add_slots",
    "book_slot",
    "cancel_booking",
    "load_reference",
    "load_referrals",
    "open_queue",
    "open_referral",
    "record_outcome",
    "revoke_referral",
    "send_referral",
]
