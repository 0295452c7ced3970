"""A place in the queue, so that the next page begins where the last one ended: in words that fit an address."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from foundation.errors import BadInput


@dataclass(frozen=True, slots=True)
class Cursor:
    """After which line to go on, at the moment for which the first page was reckoned."""

    at: datetime
    priority_class: int
    used: float
    id: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.priority_class}~{self.used!r}~{self.id}"


def parse_cursor(text: str) -> Cursor | None:
    """The place that an address names; None for the first page.

    Raises:
        BadInput: not a place that we wrote.
    """
    if not text:
        return None
    try:
        at, priority_class, used, referral_id = text.split("~")
        cursor = Cursor(datetime.fromisoformat(at), int(priority_class), float(used), UUID(referral_id))
    except ValueError as fault:
        raise BadInput("This address of a page is not complete. Open the queue again.") from fault
    if cursor.at.tzinfo is None or cursor.priority_class not in (0, 1):
        raise BadInput("This address of a page is not complete. Open the queue again.")
    return cursor
