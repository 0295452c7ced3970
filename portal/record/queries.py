"""One page of a person's timeline, in plain words of the reader's language: ready to print, nothing left to look up."""

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from emr.entries.enumerations import Kind
from emr.timeline.queries.timeline import TimelineLine, timeline_of
from foundation.clock import local
from foundation.database.transactions import ActorSession
from foundation.language.dates import LESS_THAN_A_DAY, Precision, month_in, year_in
from foundation.language.translation import gettext, reader_locale, weekday_day

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry, in words. `flag` tells what is unusual about it, `amended` what its `state` does not say; `clock` is ""
    where only the day is known.

    `month` and `day` are what it stands under: "May 2026" and "Sunday, 3 May 2026", or as much as is known.
    """

    entry_id: UUID
    month: str
    day: str
    clock: str
    kind: str
    headline: str
    value: str
    detail: str
    state: str
    place: str
    flag: str
    amended: bool
    entered_in_error: bool
    labelled: bool
    hidden: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """A page of lines, newest first; what the record can be narrowed to; where older lines begin ("" at the end)."""

    lines: list[Line]
    years: list[int]
    kinds: list[Kind]
    next_before: str


def timeline_for(
    session: ActorSession, *, kind: str | None, year: int | None, before: str | None
) -> Timeline:
    """The reader's own timeline; `before` is the place where the page before ended."""
    if session.actor.patient_id is None:
        return Timeline([], [], [], "")
    page = timeline_of(session, session.actor.patient_id, kind=kind, year=year, before=before)
    # Asked once and not for each of some hundred pairs of words on the page.
    language = reader_locale()
    return Timeline(
        lines=[_line(each, language) for each in page.lines],
        years=page.years,
        kinds=page.kinds,
        next_before=page.next_before,
    )


def _line(line: TimelineLine, language: str) -> Line:
    moment = local(line.effective_at)
    month, day = _headings(line, language)
    timed = moment.time() != MIDNIGHT if not line.precision else line.precision == Precision.MINUTE
    return Line(
        entry_id=line.entry_id,
        month=month,
        day=day,
        clock=f"{moment:%H:%M}" if timed else "",
        kind=getattr(line.kind_name, language),
        headline=getattr(line.headline, language),
        value=getattr(line.value, language),
        detail=getattr(line.detail, language),
        state=getattr(line.state, language),
        place=getattr(line.place, language),
        flag=getattr(line.flag_name, language),
        amended=line.amended_unsaid,
        entered_in_error=line.entered_in_error,
        labelled=bool(line.labels),
        hidden=line.hidden,
    )


def _headings(line: TimelineLine, language: str) -> tuple[str, str]:
    """The month and the day that an entry stands under; a year is not its first of January, nor a month its first day."""
    day = local(line.effective_at).date()
    if line.precision == Precision.UNKNOWN:
        return gettext("Date unknown"), ""
    if line.precision == Precision.YEAR:
        return year_in(language, day), gettext("month and day unknown")
    month = month_in(language, day)
    month = month[:1].upper() + month[1:]
    if line.precision in LESS_THAN_A_DAY:
        return month, gettext("day unknown")
    return month, weekday_day(day, locale=language)
