"""Which years and kinds a patient's record holds, for the filters of the timeline."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, null, select, union_all
from sqlalchemy.dialects.postgresql import array

from emr.entries.enumerations import SHOWN_KINDS, Kind
from emr.summaries.tables import EntrySummary
from foundation.actor import ActorKind
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from identity.access import queries as access


def outline_rows(session: ActorSession, patient_id: UUID) -> Any:
    """Pairs of a kind and a year that the record holds, either of them alone where that is cheaper to find.

    For citizens row-level security compares two numbers a row: one pass over all rows is cheapest. For staff it looks
    up the care for every row, so that leaping from year to year and kind to kind (some forty rows) is cheapest.
    """
    if session.actor.kind is ActorKind.STAFF:
        return union_all(_years(session, patient_id), _kinds(session, patient_id))
    return _mine(session, _pairs(str(zone())), patient_id)


def outline_from(rows: Iterable[Any]) -> tuple[list[int], list[Kind]]:
    """Years, newest first, and kinds, in the order of the filter."""
    kinds = {row.kind for row in rows if row.kind is not None}
    years = {row.year for row in rows if row.year is not None and row.kind != Kind.ADMINISTRATIVE}
    return sorted(years, reverse=True), [kind for kind in SHOWN_KINDS if kind.value in kinds]


@cache
def _pairs(region: str) -> Select[Kind, int]:
    year = cast(func.date_part("year", func.timezone(region, EntrySummary.effective_at)), Integer)
    return select(EntrySummary.kind, year.label("year")).distinct()


def _mine(session: ActorSession, asked: Any, patient_id: UUID) -> Any:
    return asked.where(EntrySummary.patient_id == patient_id).where(
        access.readable_by(session, EntrySummary.patient_id)
    )


def _years(session: ActorSession, patient_id: UUID) -> Any:
    region = str(zone())
    newest = (
        _mine(session, select(EntrySummary.effective_at), patient_id)
        .where(EntrySummary.kind != Kind.ADMINISTRATIVE)
        .order_by(EntrySummary.effective_at.desc())
        .limit(1)
    )
    leap = select(newest.scalar_subquery().label("at")).cte("leap", recursive=True)
    new_year = func.timezone(region, func.date_trunc("year", func.timezone(region, leap.c.at)))
    earlier = newest.where(EntrySummary.effective_at < new_year).scalar_subquery()
    leap = leap.union_all(select(earlier).where(leap.c.at.is_not(None)))
    year = cast(func.date_part("year", func.timezone(region, leap.c.at)), Integer)
    return select(null().label("kind"), year.label("year")).where(leap.c.at.is_not(None))


def _kinds(session: ActorSession, patient_id: UUID) -> Any:
    words = func.unnest(array([kind.value for kind in SHOWN_KINDS]))
    offered = words.table_valued("kind", name="offered").render_derived()
    held = _mine(session, select(EntrySummary.entry_id), patient_id)
    return select(offered.c.kind, null().label("year")).where(
        held.where(EntrySummary.kind == offered.c.kind).correlate(offered).exists()
    )
