"""The doctor's view of ten seconds: what must be known of a patient before anything else."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Interval, Select, and_, func, literal, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from emr.chart.rules import Medicine, reconciled
from emr.drafts.queries import DraftLine, draft_line_rows, draft_lines_from
from emr.entries.enumerations import Kind
from emr.entries.queries.versions import signature_of_version
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from emr.sensitivity.queries import readable
from emr.summaries.rules.standing import in_force
from emr.summaries.tables import EntrySummary
from emr.terminology.rules.phrases import NOTHING, phrase
from emr.timeline.queries.timeline import TimelineLine, fact_lines_of, line_of
from foundation.clock import local, now
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText

MOST_LINES = 200
# What was measured later than this has a wrong date, and must not stand for the last that was measured.
CLOCK_TOLERANCE = literal(timedelta(days=1), Interval())
STANDING_KINDS = (Kind.DIAGNOSIS, Kind.MEDICINE)
COUNTS_TODAY = EntrySummary.facts["active"].as_boolean().is_not(False)
CurrentMedicine = Medicine[TimelineLine]
STATES_PROBLEMS = EntrySummary.facts["problems"].is_not(None)


@dataclass(frozen=True, slots=True)
class Chart:
    """Standing facts, the last of each measurement, and the reader's own unsigned entries and drafts.

    An empty `allergies` with `allergies_asked` says that none is active, and `no_allergies` in which words, if any;
    without it, that nobody wrote any down. `more`: so much counts today that the oldest diagnoses are not among the lines.
    """

    allergies: list[TimelineLine]
    allergies_asked: bool
    no_allergies: list[TimelineLine]
    more: bool
    problems: list[TimelineLine]
    medicines: list[CurrentMedicine]
    vitals: list[TimelineLine]
    unsigned: list["UnsignedEntry"]
    drafts: list[DraftLine]


@dataclass(frozen=True, slots=True)
class UnsignedEntry:
    """An entry whose newest version its author has not signed yet."""

    entry_id: UUID
    number: int
    recorded_at: datetime
    title: BilingualText


@dataclass(frozen=True, slots=True)
class Allergies:
    """Those that count today; `asked` tells whether anybody ever wrote one down, or that there is none.

    `none_known` are the entries that say so in words: "no known allergies".
    """

    active: list[TimelineLine]
    asked: bool
    none_known: list[TimelineLine]


def chart_of(session: ActorSession, patient_id: UUID) -> Chart:
    """What stands in the chart today; all of it empty where the reader may not see the patient."""
    return chart_from(CHART.fetch(session, patient_id=patient_id))


def chart_selects(session: ActorSession, patient_id: Any) -> Selects:
    """The chart: to be fetched in a combined query, and read by `chart_from`."""
    return {
        "standing": _standing(session, patient_id),
        "vitals": _last_vitals(session, patient_id),
        "unsigned": _unsigned(session, patient_id),
        "drafts": draft_line_rows(session, patient_id),
    }


def allergy_and_medicine_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """What a person must know of themselves: to be fetched in a combined query, and read by `allergies_and_medicines_from`."""
    medicines = (Kind.MEDICINE,)
    return _with_allergies(session, patient_id, kinds=medicines, which=_current(medicines))


def allergies_and_medicines_from(
    rows: Iterable[Any],
) -> tuple[Allergies, list[CurrentMedicine]]:
    """As the doctor's chart tells them."""
    lines = [line_of(row) for row in rows]
    return _allergies_in(lines), reconciled(_taken(lines))


def chart_from(answer: Any) -> Chart:
    lines = [line_of(row) for row in answer.standing[:MOST_LINES]]
    allergies = _allergies_in(lines)
    problems = [problem for line in lines for problem in _problems_in(line)]
    return Chart(
        allergies=allergies.active,
        allergies_asked=allergies.asked,
        no_allergies=allergies.none_known,
        more=len(answer.standing) > MOST_LINES,
        problems=_first_of_each(problems),
        medicines=reconciled(_taken(lines)),
        vitals=[line_of(row) for row in answer.vitals],
        unsigned=[_unsigned_from(row) for row in answer.unsigned],
        drafts=draft_lines_from(answer.drafts),
    )


def _taken(lines: list[TimelineLine]) -> list[TimelineLine]:
    today = local(now()).date()
    medicines = (line for line in lines if line.kind is Kind.MEDICINE)
    return [each for each in medicines if in_force(active=each.active, until=each.until, on=today)]


def _allergies_in(lines: list[TimelineLine]) -> Allergies:
    """Of all allergies among the lines. One that was written down by mistake, or that nobody asked for, is no answer."""
    allergies = [line for line in lines if line.kind is Kind.ALLERGY]
    answers = [line for line in allergies if not line.entered_in_error and not line.not_asked]
    return Allergies(
        active=_first_of_each([line for line in answers if line.active], by=_all_said),
        asked=bool(answers),
        none_known=_first_of_each([line for line in answers if line.none_known]),
    )


def _problems_in(line: TimelineLine) -> list[TimelineLine]:
    """A diagnosis is a problem; a signed note tells of those that it states, each on a line of its own."""
    if line.kind is Kind.DIAGNOSIS:
        return [line]
    return [
        line.with_changes(headline=words, value=NOTHING, detail=line.kind_name, state=NOTHING)
        for words in line.problems
    ]


def _unsigned_from(row: Any) -> UnsignedEntry:
    return UnsignedEntry(row.entry_id, row.number, row.recorded_at, phrase(row.title))


def _unsigned(session: ActorSession, patient_id: Any) -> Select[Any]:
    """The reader's own entries whose newest version waits for a signature, newest first."""
    signed = select(Signature.id).where(signature_of_version()).exists()
    rows: Any = select(
        EntryVersion.entry_id,
        EntryVersion.number,
        EntryVersion.recorded_at,
        func.jsonb_extract_path_text(EntryVersion.content, "title").label("title"),
        signed.label("signed"),
    )
    own = rows.where(EntryVersion.patient_id == patient_id, EntryVersion.author_id == session.actor.staff_id)
    newest = (
        own.where(readable(session, EntryVersion, EntryVersion.author_id, only=patient_id))
        .ext(distinct_on(EntryVersion.entry_id))
        .order_by(EntryVersion.entry_id, EntryVersion.number.desc())
        .subquery()
    )
    unsigned = select(newest.c.entry_id, newest.c.number, newest.c.recorded_at, newest.c.title)
    return unsigned.where(~newest.c.signed).order_by(newest.c.recorded_at.desc())


def _standing(session: ActorSession, patient_id: UUID) -> Select[Any]:
    noted = and_(EntrySummary.kind == Kind.NOTE, STATES_PROBLEMS)
    return _with_allergies(
        session, patient_id, kinds=(*STANDING_KINDS, Kind.NOTE), which=or_(_current(STANDING_KINDS), noted)
    )


def _current(kinds: tuple[Kind, ...]) -> ColumnElement[bool]:
    return and_(EntrySummary.kind.in_(kinds), COUNTS_TODAY)


def _with_allergies(
    session: ActorSession, patient_id: UUID, *, kinds: tuple[Kind, ...], which: ColumnElement[bool]
) -> Select[Any]:
    """All allergies, so that "none is active" and "nobody asked" can be told apart, and which of those kinds is asked for.

    They and the medicines come first, so that a long list of anything else never pushes one out.
    """
    allergy, medicine = EntrySummary.kind == Kind.ALLERGY, EntrySummary.kind == Kind.MEDICINE
    return (
        fact_lines_of(session, patient_id)
        .where(EntrySummary.kind.in_((Kind.ALLERGY, *kinds)))
        .where(or_(allergy, which))
        .order_by(
            allergy.desc(), medicine.desc(), EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc()
        )
        .limit(MOST_LINES + 1)
    )


def _last_vitals(session: ActorSession, patient_id: UUID) -> Select[Any]:
    code = EntrySummary.facts["code"].as_string()
    return (
        fact_lines_of(session, patient_id)
        .where(EntrySummary.kind == Kind.VITAL)
        # Before the last of each is chosen: what was withdrawn must not stand in for what was measured.
        .where(COUNTS_TODAY, EntrySummary.effective_at < func.now() + CLOCK_TOLERANCE)
        .ext(distinct_on(code))
        .order_by(code, EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
    )


def _called(line: TimelineLine) -> Hashable:
    return line.headline.en.casefold()


def _all_said(line: TimelineLine) -> Hashable:
    """An allergy that was written down again, with less, must not hide how dangerous somebody found it."""
    return (_called(line), line.value, line.detail, line.flag)


def _first_of_each(
    lines: list[TimelineLine], *, by: Callable[[TimelineLine], Hashable] = _called
) -> list[TimelineLine]:
    """The newest of those that say the same: a chart shows one line for a diagnosis written down twelve times."""
    seen: dict[Hashable, TimelineLine] = {}
    for line in lines:
        seen.setdefault(by(line), line)
    return list(seen.values())


CHART = CombinedQuery(lambda session, patient_id: chart_selects(session, patient_id))
