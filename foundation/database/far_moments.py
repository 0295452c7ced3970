"""Moments that the database keeps and Python's calendar does not have: read as the nearest that every zone can show.

A table may hold times of a day when any year was taken. One such row must not keep a record from being opened.
"""

from datetime import UTC, datetime
from typing import Any

from psycopg2.extensions import PYDATETIMETZ, new_type, register_type

# A day inside the calendar, so that no zone leads out of it.
EARLIEST = datetime(1, 1, 2, tzinfo=UTC)
LATEST = datetime(9999, 12, 30, tzinfo=UTC)
# Of the type timestamptz, in PostgreSQL's catalogue.
TIMESTAMPTZ = 1184


def moment_of_json(text: str) -> datetime:
    """A moment as the database writes it into JSON."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return _nearest(text)


def _moment_of_driver(text: Any, cursor: Any) -> datetime | None:
    try:
        read: datetime | None = PYDATETIMETZ(text, cursor)
    except (ValueError, OverflowError):
        return _nearest(text or "")
    return read


def _nearest(text: str) -> datetime:
    return EARLIEST if text.endswith("BC") or text.startswith("-") else LATEST


def read_far_moments() -> None:
    """Let the driver read such moments, on every connection of this process."""
    register_type(new_type((TIMESTAMPTZ,), "FAR_MOMENTS", _moment_of_driver))
