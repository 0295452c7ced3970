"""Counting once a day, and counting again what was counted."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from dispatch_backend.reports.queries.counting import count_quarters, count_waits
from dispatch_backend.reports.queries.counts import CountedQuarter, every_count, is_counted, newest_counts
from dispatch_backend.reports.rules import Quarter, as_kept, digest, waits_as_kept
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
    known = {each.quarter: (dict(each.lines), each.waits) for each in newest_counts(session)}
    counted, waits = count_quarters(session, cut_off=cut_off), count_waits(session, cut_off=cut_off)
    goes_on = Quarter.of(cut_off.date())
    changed = 0
    for quarter in sorted({*counted, *known, goes_on}):
        lines, waited = counted.get(quarter, {}), waits.get(quarter, {})
        if quarter != goes_on and known.get(quarter) == (lines, waited):
            continue
        kept, waits_kept = as_kept(lines), waits_as_kept(waited)
        session.add(
            QuarterCount(
                quarter=quarter.first_day,
                cut_off=cut_off,
                lines=kept,
                sha256=digest(quarter, cut_off, kept),
                waits=waits_kept,
                waits_sha256=digest(quarter, cut_off, waits_kept),
            )
        )
        changed += 1
    session.flush()
    return changed


def counts_that_differ(session: ActorSession) -> Iterator[CountedQuarter]:
    """The counts that would be others if they were made again at their cut-off."""
    for each in every_count(session):
        asked: dict[str, Any] = {"cut_off": each.cut_off, "quarter": each.quarter}
        lines = as_kept(count_quarters(session, **asked).get(each.quarter, {}))
        waits = waits_as_kept(count_waits(session, **asked).get(each.quarter, {}))
        cut_off = each.cut_off.astimezone(zone())
        again = digest(each.quarter, cut_off, lines), digest(each.quarter, cut_off, waits)
        # Of an older count nobody has said how long people waited.
        if again != (each.sha256, each.waits_sha256 or again[1]):
            yield each
