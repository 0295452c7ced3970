"""Counting once a day, and counting again what was counted."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from dispatch_backend.reports.queries.counting import count_quarters
from dispatch_backend.reports.queries.counts import CountedQuarter, every_count, is_counted, newest_counts
from dispatch_backend.reports.rules import Quarter, as_kept, digest
from dispatch_backend.reports.tables import QuarterCount
from foundation.clock import local, now, zone
from foundation.database.transactions import ActorSession

# Whoever waited for a lock at midnight may tell of what happened before it some minutes later.
TOLD_LATE = timedelta(minutes=15)


def count_once_a_day(session: ActorSession) -> int:
    """Count what had happened by the beginning of the region's day; for the worker. Returns how many quarters it changed.

    A quarter of which nothing became otherwise keeps its count. The one that goes on is counted every day, so that it is known
    from when the numbers are.
    """
    cut_off = datetime.combine(local(now() - TOLD_LATE).date(), time.min, tzinfo=zone())
    if is_counted(session, cut_off):
        return 0
    known = {each.quarter: dict(each.lines) for each in newest_counts(session)}
    counted = count_quarters(session, cut_off=cut_off)
    goes_on = Quarter.of(cut_off.date())
    changed = 0
    for quarter in sorted({*counted, *known, goes_on}):
        lines = counted.get(quarter, {})
        if quarter != goes_on and known.get(quarter) == lines:
            continue
        kept = as_kept(lines)
        session.add(
            QuarterCount(
                quarter=quarter.first_day,
                cut_off=cut_off,
                lines=kept,
                sha256=digest(quarter, cut_off, kept),
            )
        )
        changed += 1
    session.flush()
    return changed


def counts_that_differ(session: ActorSession) -> Iterator[CountedQuarter]:
    """The counts that would be others if they were made again at their cut-off."""
    for each in every_count(session):
        again = count_quarters(session, cut_off=each.cut_off, quarter=each.quarter).get(each.quarter, {})
        cut_off = each.cut_off.astimezone(zone())
        if digest(each.quarter, cut_off, as_kept(again)) != each.sha256:
            yield each
