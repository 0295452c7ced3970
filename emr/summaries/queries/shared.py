"""What a link opens of a record's entries: those of the shared kinds that happened in the shared time, in every version."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false
from sqlalchemy.orm import aliased

from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from emr.summaries.tables import EntrySummary
from foundation.actor import SharedPart
from identity.access.queries import say_what_links_open


def say_what_links_open_of_entries() -> None:
    for table, opens in (
        (EntrySummary, _lines),
        (Entry, _entries),
        (EntryVersion, _versions),
        (Signature, _signatures),
    ):
        say_what_links_open(table, opens)


def _lines(part: SharedPart, line: Any = EntrySummary) -> ColumnElement[bool]:
    return and_(*_bounds(part, line)) if part.kinds else false()


def _bounds(part: SharedPart, line: Any) -> Iterator[ColumnElement[bool]]:
    yield line.kind.in_(part.kinds)
    # What carries a label opens to the treating team alone.
    yield line.restrictions.is_(None)
    if part.since:
        yield line.effective_at >= part.since
    if part.until:
        yield line.effective_at < part.until


# Below, what is asked for in passing has a name of its own: the statement around it may ask for such rows itself.


def _entries(part: SharedPart) -> ColumnElement[bool]:
    return _has_line(part, Entry.id)


def _versions(part: SharedPart) -> ColumnElement[bool]:
    signature = aliased(Signature)
    signed = exists().where(
        signature.entry_id == EntryVersion.entry_id, signature.number == EntryVersion.number
    )
    return _has_line(part, EntryVersion.entry_id) & signed


def _signatures(part: SharedPart) -> ColumnElement[bool]:
    return _has_line(part, Signature.entry_id)


def _has_line(part: SharedPart, entry_id: Any) -> ColumnElement[bool]:
    line = aliased(EntrySummary)
    return exists().where(line.entry_id == entry_id, _lines(part, line))
