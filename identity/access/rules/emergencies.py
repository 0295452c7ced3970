"""How long a record stays open that was opened in an emergency."""

from datetime import datetime


def minutes_left(ends_at: datetime, *, at: datetime) -> int:
    """Whole minutes for which the record stays open: a begun one counts, and none is left afterwards."""
    return max(0, -(-int((ends_at - at).total_seconds()) // 60))
