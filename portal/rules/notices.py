"""Which news there are, and since when something counts as new."""

from datetime import datetime, timedelta
from enum import StrEnum

# Somebody who comes for the first time is shown what happened lately, not everything that ever happened.
FIRST_VISIT_LOOKS_BACK = timedelta(days=30)


class NoticeKind(StrEnum):
    ENTRY = "entry"
    CORRECTION = "correction"
    REFERRAL = "referral"
    BOOKING = "booking"
    CANCELLATION = "cancellation"
    STUDY = "study"


def new_since(last_visit: datetime | None, *, at: datetime) -> datetime:
    """The moment after which news are new to somebody whose visit before this one began at `last_visit`."""
    return last_visit or at - FIRST_VISIT_LOOKS_BACK
