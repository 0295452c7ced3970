"""The quarterly form as a table to keep."""

from collections.abc import Iterator, Sequence

from dispatch_backend.reports.queries.counts import QuarterlyForm
from dispatch_backend.reports.rules import QuarterLine

HEAD = (
    "quarter", "counted_up_to", "facility", "referred", "served_in_term", "breached", "served_late", "overdue", "unrecorded",
    "waiting", "revoked", "mean_days",
)  # fmt: skip


def csv_lines(form: QuarterlyForm) -> Iterator[Sequence[object]]:
    """A line for each facility, by its code, and one for all together."""
    counted = form.counted
    for code, line in [*counted.lines.items(), ("", counted.total)]:
        yield (str(counted.quarter), counted.cut_off, code or "all", *_numbers(line))


def _numbers(line: QuarterLine) -> Sequence[object]:
    mean = line.mean_days
    return (
        line.referred,
        line.served_in_term,
        line.breached,
        line.served_late,
        line.overdue,
        line.unrecorded,
        line.waiting,
        line.revoked,
        "" if mean is None else f"{mean:.1f}",
    )
