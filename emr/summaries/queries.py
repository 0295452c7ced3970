"""Signed content as FHIR resources, for those who hand records on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from emr.entries.tables.entries import EntryVersion
from emr.summaries.rules.summary import entered_in_error
from emr.summaries.tables import EntrySummary
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.access import queries as access


@dataclass(frozen=True, slots=True)
class StoredResource:
    """The newest signed version of an entry. `content` keeps decimals as Decimal."""

    entry_id: UUID
    patient_id: UUID
    number: int
    recorded_at: datetime
    content: dict[str, Any]

    @property
    def resource_type(self) -> str:
        return str(self.content["resourceType"])

    @property
    def entered_in_error(self) -> bool:
        """Whether it says of itself that it was a mistake: such entries are not handed on."""
        return entered_in_error(self.content)


def signed_resources_of(session: ActorSession, patient_id: UUID) -> Iterator[StoredResource]:
    """Every signed entry of a patient as FHIR, oldest first; nothing where the reader may not see the patient."""
    rows = session.execute(
        select(
            EntryVersion.entry_id,
            EntryVersion.patient_id,
            EntryVersion.number,
            EntryVersion.recorded_at,
            EntryVersion.content,
        )
        .join(
            EntrySummary,
            (EntrySummary.entry_id == EntryVersion.entry_id) & (EntrySummary.number == EntryVersion.number),
        )
        .where(EntryVersion.patient_id == patient_id)
        .where(access.readable_by(session, EntryVersion.patient_id))
        .order_by(EntryVersion.effective_at, EntryVersion.entry_id)
    )
    for row in rows:
        yield StoredResource(*row)


def headlines_of(session: ActorSession, ids: set[UUID]) -> dict[UUID, BilingualText]:
    """What the timeline calls these entries."""
    return headlines_from(session.execute(headline_rows(session, ids))) if ids else {}


def headline_rows(session: ActorSession, within: Any) -> Select[Any]:
    """Of the entries with these ids: to be fetched in a combined query, and read by `headlines_from`."""
    rows: Any = select(
        EntrySummary.entry_id,
        EntrySummary.facts["headline"].label("headline"),
        EntrySummary.facts["value"].label("value"),
    )
    asked: Select[Any] = rows.where(EntrySummary.entry_id.in_(within)).where(
        access.readable_by(session, EntrySummary.patient_id)
    )
    return asked


def headlines_from(rows: Iterable[Any]) -> dict[UUID, BilingualText]:
    """What the timeline calls these entries."""
    return {row.entry_id: _with_value(row.headline or ["", ""], row.value or ["", ""]) for row in rows}


def _with_value(headline: list[str], value: list[str]) -> BilingualText:
    pairs = zip(headline, value, strict=True)
    return BilingualText(*(f"{name}: {amount}" if amount else name for name, amount in pairs))
