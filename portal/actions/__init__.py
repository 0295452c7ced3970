"""What can change in the portal: reading a record is an act, and news for the patient are written down."""

from portal.actions.noticing import (
    notice_booking,
    notice_cancellation,
    notice_entry,
    notice_referral,
    notice_study,
)

__all__ = [
    "notice_booking",
    "notice_cancellation",
    "notice_entry",
    "notice_referral",
    "notice_study",
]
