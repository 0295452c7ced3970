"""One page of a person's timeline, in plain words of the reader's language: ready to print, nothing left to look up."""

from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from emr.entries.enumerations import Kind
from emr.timeline.queries.timeline import TimelineLine, timeline_of
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from foundation.language.translation import reader_locale

MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry. `flag` tells in words what is unusual about it, `amended` what its `state` does not say; `clock` is "" where only the day is known."""

    entry_id: UUID
    day: date
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
    moment = line.effective_at.astimezone(zone())
    return Line(
        entry_id=line.entry_id,
        day=moment.date(),
        clock=f"{moment:%H:%M}" if moment.time() != MIDNIGHT else "",
        kind=getattr(line.kind_name, language),
        headline=getattr(line.headline, language),
        value=getattr(line.value, language),
        detail=getattr(line.detail, language),
        state=getattr(line.state, language),
        place=getattr(line.place, language),
        flag=getattr(line.flag_name, language),
        amended=line.amended_unsaid,
        entered_in_error=line.entered_in_error,
    )
