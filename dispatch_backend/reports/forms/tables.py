"""The quarterly form as tables to keep."""

from collections.abc import Iterator, Sequence

from dispatch_backend.reports.forms.words import NUMBERS, WAITS, Column
from dispatch_backend.reports.queries.counts import QuarterlyForm
from dispatch_backend.reports.rules import QuarterLine, Waits
from foundation.language.translation import day_time, gettext, percent
from foundation.xlsx_tables import Sheet

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


def sheets(form: QuarterlyForm) -> Iterator[Sheet]:
    """The same as sheets in the reader's language: the numbers, the waits where they were counted, and what each of them means."""
    counted = form.counted
    yield _sheet(form, gettext("Numbers"), NUMBERS, [("", counted.total), *counted.lines.items()])
    columns = [*NUMBERS]
    if counted.waits is not None:
        yield _sheet(form, gettext("Waits"), WAITS, [("", counted.total_waits), *counted.waits.items()])
        columns += WAITS
    meanings = [(str(each.head), str(each.meaning)) for each in columns]
    counted_at = (gettext("Counted from what had happened by"), day_time(counted.cut_off))
    digests = [each for each in (counted.sha256, counted.waits_sha256) if each]
    seals = [(gettext("The digest of this count (SHA-256)"), each) for each in digests]
    head = (gettext("Name of the number"), gettext("What it means"))
    yield Sheet(gettext("What the numbers mean"), head, [*meanings, counted_at, *seals])


def _sheet(
    form: QuarterlyForm,
    title: str,
    columns: Sequence[Column],
    lines: Sequence[tuple[str, QuarterLine | Waits | None]],
) -> Sheet:
    return Sheet(
        title,
        (gettext("Facility that referred"), *(str(each.head) for each in columns)),
        [(_named(form, code), *(getattr(line, each.name) for each in columns)) for code, line in lines],
        frozenset(str(each.head) for each in columns if each.written is percent),
    )


def _named(form: QuarterlyForm, code: str) -> str:
    if not code:
        return gettext("All facilities")
    return str(form.facilities[code].name) if code in form.facilities else code
