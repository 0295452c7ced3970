"""What a dispatcher types: choices for the queue, a slot, reasons, outcomes."""

from dispatch_backend.forms.queue import QueueFilterForm
from dispatch_backend.forms.referrals import (
    BookSlotForm,
    CancelBookingForm,
    OutcomeForm,
    ReferralPageForm,
    RevokeReferralForm,
)

__all__ = [
    "BookSlotForm",
    "CancelBookingForm",
    "OutcomeForm",
    "QueueFilterForm",
    "ReferralPageForm",
    "RevokeReferralForm",
]
