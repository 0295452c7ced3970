"""The timeline: what happened to a patient, newest first, read a page at a time from the summaries alone."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, exists, select, tuple_

from emr.entries.enumerations import KIND_WORDS, Kind
from emr.entries.tables.signatures import Signature
from emr.sensitivity.enumerations import Label, is_hidden, labels_in
from emr.sensitivity.queries import readable
from emr.summaries.rules.facts import from_row
from emr.summaries.rules.measurements import FLAG_WORDS
from emr.summaries.tables import EntrySummary
from emr.terminology.rules.statuses import status_words
from emr.timeline.queries.filter_options import filter_option_rows, filter_options_from
from foundation.clock import zone
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.language.latin_letters import PrintedName

PAGE = 25
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ALL_KINDS = "all"
AMENDED = status_words("amended")
# Made once: this is the page that is opened most, and making a statement costs as much as running it.
FACT_LINES: Select[Any] = select(
    EntrySummary.entry_id,
    EntrySummary.kind,
    EntrySummary.effective_at,
    EntrySummary.facility_id,
    EntrySummary.author_id,
    EntrySummary.number,
    EntrySummary.facts,
    EntrySummary.restrictions,
)
LINES: Select[Any] = FACT_LINES.add_columns(
    # A draft that was saved twice before it was signed has changed nothing that anybody read.
    (
        (EntrySummary.number > 1)
        & exists().where(Signature.entry_id == EntrySummary.entry_id, Signature.number < EntrySummary.number)
    ).label("amended"),
)


class TimelineLine(NamedTuple):
    """One entry on one line, in words. A page makes dozens: as a tuple each takes a third of a frozen class's time.

    Attributes:
        flag: "", "high", "low" or "abnormal".
        state: what is not ordinary about it, such as that a medicine is finished.
        active, none_known, not_asked, problems, until, known_as, source: as in `emr.summaries.rules.facts.Facts`.
        amended: an earlier version was signed.
        labels: why it is open to the treating team alone, if it is.
        hidden: the patient has hidden it: for the patient's own pages, which alone say so.
        precision: how much of `effective_at` is known, "" where nobody noted it.
    """

    entry_id: UUID
    kind: Kind
    kind_name: BilingualText
    effective_at: datetime
    facility_id: UUID | None
    author_id: UUID | None
    place: BilingualText
    author: PrintedName
    headline: BilingualText
    value: BilingualText
    detail: BilingualText
    state: BilingualText
    flag: str
    active: bool
    entered_in_error: bool
    none_known: bool
    not_asked: bool
    problems: tuple[BilingualText, ...]
    code: str
    number: int
    amended: bool
    precision: str
    until: str
    known_as: str
    source: str
    labels: tuple[Label, ...]
    hidden: bool

    def with_changes(self, **changes: Any) -> "TimelineLine":
        """The same line with some of its words changed."""
        return self._replace(**changes)

    @property
    def flag_name(self) -> BilingualText:
        return FLAG_WORDS[self.flag]

    @property
    def told_by(self) -> BilingualText:
        """Who says so: where it was written down, else by whom, else the system that sent it."""
        written = self.author or self.source
        named = BilingualText(self.author.latin or self.source, written)
        return self.place or named

    @property
    def amended_unsaid(self) -> bool:
        """Whether it was amended and its own state does not say so already."""
        return self.amended and AMENDED.en not in self.state.en


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Lines, newest first; the years and kinds that the record holds; where the next page begins ("" at the end)."""

    lines: list[TimelineLine]
    years: list[int]
    kinds: list[Kind]
    next_before: str


def timeline_of(
    session: ActorSession,
    patient_id: UUID,
    *,
    kind: Kind | str | None = None,
    year: int | None = None,
    before: str | None = None,
) -> TimelinePage:
    """One page of a patient's timeline; empty where the reader may not see the patient.

    Args:
        kind: a kind, "all" for every kind with bills and registration, or none for what people look for.
        before: `next_before` of the page before; anything unreadable begins at the start.
    """
    shape, values = timeline_arguments(kind, year, before, PAGE)
    return timeline_from(TIMELINE.fetch(session, *shape, patient_id=patient_id, **values), PAGE)


def timeline_arguments(
    kind: Kind | str | None, year: int | None, before: str | None, limit: int
) -> tuple[tuple[str | None, int | None, int, str], dict[str, Any]]:
    """The shape and the values of a combined query with `timeline_selects` in it."""
    cursor = parse_timeline_cursor(before)
    values = {"at": cursor[0], "entry_id": cursor[1]} if cursor else {}
    return (None if kind is None else str(kind), year, limit, str(zone())), values


def timeline_from(answer: Any, limit: int) -> TimelinePage:
    lines = [line_of(row) for row in answer.lines[:limit]]
    years, kinds = filter_options_from(answer.filter_options)
    return TimelinePage(
        lines, years, kinds, next_before=cursor_of(lines[-1]) if len(answer.lines) > limit else ""
    )


def timeline_selects(
    session: ActorSession, kind: str | None, year: int | None, limit: int, _region: str, **values: Any
) -> Selects:
    """A page of a patient's timeline: to be fetched in a combined query of the shape of `timeline_arguments`, and read by `timeline_from`."""
    patient_id = values["patient_id"]
    asked = _of_kind(lines_of(session, patient_id), kind)
    if year is not None:
        asked = asked.where(EntrySummary.effective_at >= _new_year(year))
        asked = asked.where(EntrySummary.effective_at < _new_year(year + 1))
    if "at" in values:
        cursor = tuple_(values["at"], values["entry_id"])
        asked = asked.where(tuple_(EntrySummary.effective_at, EntrySummary.entry_id) < cursor)
    newest_first = (EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
    return {
        "lines": asked.order_by(*newest_first).limit(limit + 1),
        "filter_options": filter_option_rows(session, patient_id),
    }


TIMELINE = CombinedQuery(timeline_selects)


def cursor_of(line: TimelineLine) -> str:
    """A place in the timeline, as an address carries it: microseconds since 1970, and the entry."""
    return f"{(line.effective_at - EPOCH) // timedelta(microseconds=1)}.{line.entry_id.hex}"


def parse_timeline_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    """The opposite of `cursor_of`; nothing where the text is not a place."""
    moment, _, entry = (text or "").partition(".")
    try:
        return EPOCH + timedelta(microseconds=int(moment)), UUID(entry)
    except (ValueError, OverflowError):
        return None


def lines_of(session: ActorSession, patient_id: UUID) -> Select[Any]:
    """A patient's summaries, as far as the reader may see them: to be narrowed, and read by `line_of`."""
    return LINES.where(*_of_patient(session, patient_id))


def fact_lines_of(session: ActorSession, patient_id: UUID) -> Select[Any]:
    """The same where nobody is told whether an earlier version was signed."""
    return FACT_LINES.where(*_of_patient(session, patient_id))


def _of_patient(session: ActorSession, patient_id: UUID) -> tuple[ColumnElement[bool], ...]:
    return (
        EntrySummary.patient_id == patient_id,
        readable(session, EntrySummary, EntrySummary.author_id, only=patient_id),
    )


def _of_kind(asked: Select[Any], kind: Kind | str | None) -> Select[Any]:
    if kind == ALL_KINDS:
        return asked
    if kind is None:
        return asked.where(EntrySummary.kind != Kind.ADMINISTRATIVE)
    return asked.where(EntrySummary.kind == kind)


def _new_year(year: int) -> datetime:
    return datetime(min(max(year, 1), 9998), 1, 1, tzinfo=zone())


def line_of(row: Row[Any]) -> TimelineLine:
    """A summary's row as a line in words."""
    facts = from_row(row.facts)
    kind = Kind(row.kind)
    return TimelineLine(
        entry_id=row.entry_id,
        kind=kind,
        kind_name=KIND_WORDS[kind],
        effective_at=row.effective_at,
        facility_id=row.facility_id,
        author_id=row.author_id,
        place=facts.place,
        author=PrintedName(facts.author),
        headline=facts.headline,
        value=facts.value,
        detail=facts.detail,
        state=facts.state,
        flag=facts.flag,
        active=facts.active,
        entered_in_error=facts.entered_in_error,
        none_known=facts.none_known,
        not_asked=facts.not_asked,
        problems=facts.problems,
        code=facts.code,
        number=row.number,
        amended=getattr(row, "amended", False),
        precision=facts.precision,
        until=facts.until,
        known_as=facts.known_as,
        source=facts.source,
        labels=labels_in(row.restrictions),
        hidden=is_hidden(row.restrictions),
    )
