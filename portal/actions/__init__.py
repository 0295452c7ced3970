"""What can change in the portal: reading a record is an act, and news for the patient are written down."""

from portal.actions.noticing import (
    notice_booking,
    notice_cancellation,
    notice_entry,
    notice_referral,
    notice_study,
)
from portal.actions.opening import (
    list_images,
    open_access_log,
    open_dispatch,
    open_entry,
    open_home,
    open_timeline,
)

__all__ = [
    "list_images",
    "notice_booking",
    "notice_cancellation",
    "notice_entry",
    "notice_referral",
    "notice_study",
    "open_access_log",
    "open_dispatch",
    "open_entry",
    "open_home",
    "open_timeline",
]
