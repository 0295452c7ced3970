"""The doctor's view of ten seconds: what must be known of a patient before anything else."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from emr.drafts.queries import DraftLine, draft_line_rows, draft_lines_from
from emr.entries.enumerations import Kind
from emr.entries.queries.versions import signature_of_version
from emr.entries.tables.entries import EntryVersion
from emr.entries.tables.signatures import Signature
from emr.summaries.tables import EntrySummary
from emr.timeline.queries.timeline import TimelineLine, fact_lines_of, line_of
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from identity.access import queries as access

MOST_LINES = 200
STANDING_KINDS = (Kind.ALLERGY, Kind.DIAGNOSIS, Kind.MEDICINE)
CALLED_ACTIVE = EntrySummary.facts["active"].as_boolean()


@dataclass(frozen=True, slots=True)
class Chart:
    """Standing facts, the last of each measurement, and the reader's own unsigned entries and drafts.

    An empty `allergies` with `allergies_asked` says that none is active; without it, that nobody wrote any down.
    """

    allergies: list[TimelineLine]
    allergies_asked: bool
    problems: list[TimelineLine]
    medicines: list[TimelineLine]
    vitals: list[TimelineLine]
    unsigned: list["UnsignedEntry"]
    drafts: list[DraftLine]


@dataclass(frozen=True, slots=True)
class UnsignedEntry:
    """An entry whose newest version its author has not signed yet."""

    entry_id: UUID
    number: int
    recorded_at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Allergies:
    """Those that count today; `asked` tells whether anybody ever wrote one down, or that there is none."""

    active: list[TimelineLine]
    asked: bool


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


def allergy_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """All allergies, the newest first: to be fetched in a combined query, and read by `allergies_from`."""
    newest_first = (EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
    allergies = fact_lines_of(session, patient_id).where(EntrySummary.kind == Kind.ALLERGY)
    return allergies.order_by(*newest_first).limit(MOST_LINES)


def allergies_from(rows: Iterable[Any]) -> Allergies:
    lines = [line_of(row) for row in rows]
    return Allergies(_first_of_each([line for line in lines if line.active]), asked=bool(lines))


def chart_from(answer: Any) -> Chart:
    lines = [line_of(row) for row in answer.standing]
    active = [line for line in lines if line.active]
    return Chart(
        allergies=_first_of_each([line for line in active if line.kind is Kind.ALLERGY]),
        allergies_asked=any(line.kind is Kind.ALLERGY for line in lines),
        problems=_first_of_each([line for line in active if line.kind is Kind.DIAGNOSIS]),
        medicines=_first_of_each([line for line in active if line.kind is Kind.MEDICINE]),
        vitals=[line_of(row) for row in answer.vitals],
        unsigned=[UnsignedEntry(*row) for row in answer.unsigned],
        drafts=draft_lines_from(answer.drafts),
    )


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
        own.where(access.readable_by(session, EntryVersion.patient_id, only=patient_id))
        .ext(distinct_on(EntryVersion.entry_id))
        .order_by(EntryVersion.entry_id, EntryVersion.number.desc())
        .subquery()
    )
    unsigned = select(newest.c.entry_id, newest.c.number, newest.c.recorded_at, newest.c.title)
    return unsigned.where(~newest.c.signed).order_by(newest.c.recorded_at.desc())


def _standing(session: ActorSession, patient_id: UUID) -> Select[Any]:
    # All allergies, so that "none is active" and "nobody asked" can be told apart; of the rest only the active.
    counts = or_(EntrySummary.kind == Kind.ALLERGY, CALLED_ACTIVE.is_not(False))
    return (
        fact_lines_of(session, patient_id)
        .where(EntrySummary.kind.in_(STANDING_KINDS))
        .where(counts)
        .order_by(EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
        .limit(MOST_LINES)
    )


def _last_vitals(session: ActorSession, patient_id: UUID) -> Select[Any]:
    code = EntrySummary.facts["code"].as_string()
    return (
        fact_lines_of(session, patient_id)
        .where(EntrySummary.kind == Kind.VITAL)
        .ext(distinct_on(code))
        .order_by(code, EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
    )


def _first_of_each(lines: list[TimelineLine]) -> list[TimelineLine]:
    """The newest of those that say the same: a chart shows one line for a diagnosis written down twelve times."""
    seen: dict[str, TimelineLine] = {}
    for line in lines:
        seen.setdefault(line.headline.en.casefold(), line)
    return list(seen.values())


CHART = CombinedQuery(lambda session, patient_id: chart_selects(session, patient_id))
