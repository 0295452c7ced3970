"""What a proof answers, and what became of each booking: words that other rooms may say."""

from enum import StrEnum


class Answer(StrEnum):
    """How a referral stands to its legal day at the moment of the proof."""

    KEPT = "kept"
    SERVED_LATE = "served_late"
    BOOKED_IN_TIME = "booked_in_time"
    BOOKED_LATE = "booked_late"
    UNRECORDED = "unrecorded"
    RUNNING = "running"
    OVERDUE = "overdue"
    REVOKED_IN_TIME = "revoked_in_time"
    REVOKED_LATE = "revoked_late"


# Whoever is served or booked later than the law says, or waits on without a time, has been let down; of the others, some are yet to be seen.
BROKEN = frozenset({Answer.SERVED_LATE, Answer.BOOKED_LATE, Answer.OVERDUE})
FULFILLED = frozenset({Answer.KEPT, Answer.BOOKED_IN_TIME})


class Became(StrEnum):
    """What became of a booking."""

    AHEAD = "ahead"
    UNRECORDED = "unrecorded"
    SERVED = "served"
    MISSED = "missed"
    MOVED = "moved"
    CANCELLED = "cancelled"
