"""How long a referral keeps a patient in the Dispatching Center's care, and not for ever."""

from datetime import datetime, timedelta

# Whoever calls about a referral that has just ended still finds somebody who knows it.
AFTER_LAST_REFERRAL = timedelta(days=30)


def dispatching_until(*, last_ended_at: datetime) -> datetime:
    """Until when the Dispatching Center cares for a patient of whom no referral is open any more."""
    return last_ended_at + AFTER_LAST_REFERRAL
