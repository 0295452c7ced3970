"""When a post is held, and which posts cannot be told beside each other."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Span:
    """From one moment up to another that no longer belongs to it; None where it goes on."""

    since: datetime
    until: datetime | None

    @property
    def is_empty(self) -> bool:
        """Ended before it began."""
        return self.until is not None and self.until <= self.since

    def meets(self, other: "Span") -> bool:
        """Whether both hold at some moment."""
        if self.is_empty or other.is_empty:
            return False
        return (other.until is None or self.since < other.until) and (
            self.until is None or other.since < self.until
        )


def post_span(first: date, last: date | None, zone: tzinfo) -> Span:
    """From the midnight before the first day to that after the last one, on the region's clocks."""
    since = datetime.combine(first, time.min, zone)
    if last is None or last == date.max:
        return Span(since, None)
    return Span(since, datetime.combine(last + timedelta(days=1), time.min, zone))


def wrong_with_post(span: Span, others: Iterable[Span]) -> str:
    """Why it cannot be held; "" where it can.

    Args:
        others: the same role of the same person at the same facility, at other times.
    """
    if span.is_empty:
        return "until: the last day is before the first"
    for other in others:
        if span.meets(other):
            return f"from: this post is held already since {other.since:%Y-%m-%d}; tell that beginning to let it end otherwise"
    return ""
