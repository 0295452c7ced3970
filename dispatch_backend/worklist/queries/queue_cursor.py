"""A place in the queue, so that the next page begins where the last one ended: in words that fit an address."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from foundation.errors import BadInput

# Emergencies without a slot, what else waits, what only awaits its visit.
PRIORITY_CLASSES = (0, 1, 2)
# Between them lies every moment for which a queue can have been reckoned.
EARLIEST_YEAR, LATEST_YEAR = 2000, 2200


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which line to go on, at the moment for which the first page was reckoned."""

    at: datetime
    priority_class: int
    used: float
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.priority_class}~{self.used!r}~{self.id}"


def parse_queue_cursor(text: str) -> Cursor | None:
    """The place that an address names; None for the first page.

    Raises:
        BadInput: not a place that we wrote.
    """
    if not text:
        return None
    try:
        at, priority_class, used, referral_id = text.split("~")
        # In UTC, as the database takes fewer offsets than Python does.
        moment = _aware(datetime.fromisoformat(at)).astimezone(UTC)
        cursor = Cursor(moment, int(priority_class), float(used), UUID(referral_id))
    except (ValueError, OverflowError) as fault:
        raise BadInput("This address of a page is not complete. Open the queue again.") from fault
    known_year = EARLIEST_YEAR <= cursor.at.year <= LATEST_YEAR
    if cursor.priority_class not in PRIORITY_CLASSES or not known_year:
        raise BadInput("This address of a page is not complete. Open the queue again.")
    return cursor


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment
