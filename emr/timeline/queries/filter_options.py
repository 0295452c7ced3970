"""Which years and kinds a patient's record holds, for the filters of the timeline."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Select, cast, func, select

from emr.content.rules.fhir_dates import EARLIEST_YEAR
from emr.entries.enumerations import SHOWN_KINDS, Kind
from emr.sensitivity.queries import readable
from emr.summaries.tables import EntrySummary
from foundation.clock import zone
from foundation.database.transactions import ActorSession


def filter_option_rows(session: ActorSession, patient_id: UUID) -> Any:
    """Pairs of a kind and a year that the record holds: one pass over the patient's part of an index."""
    return (
        _pairs(str(zone()))
        .where(EntrySummary.patient_id == patient_id)
        .where(readable(session, EntrySummary, EntrySummary.author_id, only=patient_id))
    )


def filter_options_from(rows: Iterable[Any]) -> tuple[list[int], list[Kind]]:
    """Years, newest first, and kinds, in the order of the filter."""
    kinds = {row.kind for row in rows}
    years = {row.year for row in rows if row.kind != Kind.ADMINISTRATIVE and row.year >= EARLIEST_YEAR}
    return sorted(years, reverse=True), [kind for kind in SHOWN_KINDS if kind.value in kinds]


@cache
def _pairs(region: str) -> Select[Kind, int]:
    year = cast(func.date_part("year", func.timezone(region, EntrySummary.effective_at)), Integer)
    return select(EntrySummary.kind, year.label("year")).distinct()
