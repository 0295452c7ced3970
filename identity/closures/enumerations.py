"""What came of closing a record to a facility, and how it stands with each."""

from enum import StrEnum


class Closing(StrEnum):
    """What the database answers."""

    CLOSED = "closed"
    STANDS = "stands"  # closed already
    KEPT = "kept"  # some care there may not be closed
    ABSENT = "absent"  # nobody there sees the record


class FacilityState(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    OPENED_BY_LAW = "opened_by_law"  # closed, and care that may not be closed has come since
    KEPT = "kept"
