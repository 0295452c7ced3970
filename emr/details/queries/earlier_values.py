"""What else the summaries say around an entry: what it refers to, and what was measured before the same way."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    Text,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import aliased

from emr.content.tables import FhirJsonText
from emr.details.rules.comparisons import Measured, earlier_words, told_in_report
from emr.entries.enumerations import Kind
from emr.entries.tables.entries import EntryVersion
from emr.sensitivity.queries import readable
from emr.summaries.queries.lines import headline_rows, headlines_from
from emr.summaries.rules.facts import from_row
from emr.summaries.tables import EntrySummary
from foundation.database.combined_query import CombinedQuery, Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.language.dates import Precision
from foundation.language.translation import told_day

MEASURING_KINDS = (Kind.RESULT, Kind.VITAL)
# Those nearest in time: of what is known to the day alone several may turn out not to be surely earlier.
MOST_EARLIER = 10


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Of an entry: its own line, what its references are called, and of each measurement what it was before.

    Attributes:
        drawn: the entry's own line, with `facts` and `effective_at`; None where no version is signed.
        earlier: by the measurement's entry, in words.
        told: the same with how it lies to its range, for a line of a report.
    """

    drawn: Any
    names: Mapping[UUID, BilingualText]
    earlier: Mapping[UUID, BilingualText]
    told: Mapping[UUID, BilingualText]


def surroundings_of(
    session: ActorSession,
    entry_id: UUID,
    *,
    patient_id: UUID,
    referred: Collection[UUID],
    measured: Collection[UUID],
) -> Surroundings:
    """What the summaries know around an entry, in one statement.

    Args:
        referred: entries that it refers to.
        measured: the measurements that are compared: itself, or those that a report gathers.
    """
    answer = SURROUNDINGS.fetch(
        session, entry_id=entry_id, patient_id=patient_id, referred=list(referred), measured=list(measured)
    )
    own = {row.entry_id: _measured(row) for row in answer.measured}
    before = _by_measurement(answer.earlier)
    earlier = {key: earlier_words(each, before.get(key, [])) for key, each in own.items()}
    told = {
        row.entry_id: told_in_report(from_row(row.facts), earlier[row.entry_id]) for row in answer.measured
    }
    return Surroundings(next(iter(answer.drawn), None), headlines_from(answer.named), earlier, told)


def _by_measurement(rows: Iterable[Any]) -> dict[UUID, list[Measured]]:
    return {key: [_measured(each) for each in of_one] for key, of_one in groupby(rows, lambda row: row.of)}


def _measured(row: Any) -> Measured:
    facts = from_row(row.facts)
    at, precision = row.effective_at, facts.precision
    day = BilingualText(*(told_day(at, precision, locale=each) for each in BilingualText._fields))
    return Measured(row.content, facts.value, at, precision, day)


def _selects(
    session: ActorSession, *, entry_id: Any, patient_id: Any, referred: Any, measured: Any
) -> Selects:
    drawn: Any = select(EntrySummary.facts, EntrySummary.effective_at, EntrySummary.facility_id)
    return {
        "drawn": drawn.where(EntrySummary.entry_id == entry_id).where(
            readable(session, EntrySummary, EntrySummary.author_id, only=patient_id)
        ),
        "named": headline_rows(session, select(func.unnest(referred))),
        "measured": _with_content(session, patient_id, measured),
        "earlier": _earlier(session, patient_id, measured),
    }


SURROUNDINGS = CombinedQuery(_selects)


def _with_content(session: ActorSession, patient_id: Any, measured: Any) -> Select[Any]:
    columns: Any = (EntrySummary.entry_id, EntrySummary.effective_at, EntrySummary.facts, _content())
    asked: Select[Any] = (
        select(*columns)
        .join(EntryVersion, _version_of(EntrySummary))
        .where(EntrySummary.entry_id.in_(select(func.unnest(measured))))
        .where(EntrySummary.patient_id == patient_id)
        .where(readable(session, EntrySummary, EntrySummary.author_id, only=patient_id))
    )
    return asked


def _earlier(session: ActorSession, patient_id: Any, measured: Any) -> Select[Any]:
    """Of each, those of the same code or name before it that count today, the nearest first; those of its own day, too,
    where more than the day is not known of it."""
    this, before = aliased(EntrySummary), aliased(EntrySummary)
    nearest_first = (before.effective_at.desc(), before.entry_id.desc())
    place = func.row_number().over(partition_by=this.entry_id, order_by=nearest_first)
    columns: Any = (
        this.entry_id.label("of"),
        before.entry_id,
        before.number,
        before.effective_at,
        before.facts,
        place.label("place"),
    )
    ranked = (
        select(*columns)
        .join(
            before, and_(before.entry_id != this.entry_id, _same_test(this, before), _not_after(this, before))
        )
        .where(this.entry_id.in_(select(func.unnest(measured))))
        # Of both: each is then read by its patient's part of the index.
        .where(this.patient_id == patient_id, before.patient_id == patient_id)
        .where(this.kind.in_(MEASURING_KINDS), before.kind.in_(MEASURING_KINDS))
        .where(before.facts["active"].as_boolean().is_not(False))
        .where(readable(session, before, before.author_id, only=patient_id))
        .subquery("ranked")
    )
    told: Any = (ranked.c.of, ranked.c.effective_at, ranked.c.facts, _content())
    return (
        select(*told)
        .join(EntryVersion, _version_of(ranked.c))
        .where(ranked.c.place <= MOST_EARLIER)
        .order_by(ranked.c.of, ranked.c.place)
    )


def _same_test(this: Any, before: Any) -> ColumnElement[bool]:
    """By the first code, or by the name: `emr.details.rules.comparisons` looks closer."""
    code, name = (
        before.facts[fact].as_string() == this.facts[fact].as_string() for fact in ("code", "headline")
    )
    return or_(code, name)


def _not_after(this: Any, before: Any) -> ColumnElement[bool]:
    to_the_day = this.facts["precision"].as_string() == Precision.DAY
    margin = case(
        (to_the_day, literal(timedelta(days=1), Interval())), else_=literal(timedelta(), Interval())
    )
    not_after: ColumnElement[bool] = before.effective_at <= this.effective_at + margin
    return not_after


def _version_of(line: Any) -> ColumnElement[bool]:
    return and_(EntryVersion.entry_id == line.entry_id, EntryVersion.number == line.number)


def _content() -> Any:
    """As text: its decimals keep their digits."""
    return type_coerce(func.cast(EntryVersion.content, Text), FhirJsonText()).label("content")
