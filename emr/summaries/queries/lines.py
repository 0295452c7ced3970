"""Signed content as FHIR resources, for those who hand records on."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, any_, func, select

from emr.entries.enumerations import Kind
from emr.entries.queries.versions import signature_of_version
from emr.entries.rules.kinds import KIND_OF_TYPE
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature
from emr.sensitivity.queries import readable
from emr.summaries.rules.facts import from_row
from emr.summaries.tables import DrawingRules, EntrySummary
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText


@dataclass(frozen=True, slots=True)
class StoredResource:
    """The newest signed version of an entry. `content` keeps decimals as Decimal.

    Attributes:
        reason: why it was changed; "" for a first version.
        source_system: who sent it; "" for what was written here.
        signer_id: who answers for it; None where that is the sending system.
    """

    entry_id: UUID
    patient_id: UUID
    number: int
    recorded_at: datetime
    content: dict[str, Any]
    reason: str
    facility_id: UUID | None
    source_system: str
    signature_id: UUID
    signer_id: UUID | None
    signed_at: datetime

    @property
    def resource_type(self) -> str:
        return str(self.content["resourceType"])


def signed_resources_of(
    session: ActorSession, patient_id: UUID, *, resource_type: str = "", without_labels: bool = False
) -> Iterator[StoredResource]:
    """Every signed entry of a patient as FHIR, oldest first; nothing where the reader may not see the patient.

    Args:
        resource_type: only those of this type; "" for all.
        without_labels: only those that bear no label.
    """
    columns: Any = (
        EntryVersion.entry_id,
        EntryVersion.patient_id,
        EntryVersion.number,
        EntryVersion.recorded_at,
        EntryVersion.content,
        EntryVersion.reason,
        EntryVersion.facility_id,
        func.coalesce(Entry.source_system, ""),
        Signature.id,
        Signature.signer_id,
        Signature.signed_at,
    )
    asked = (
        select(*columns)
        .join(
            EntrySummary,
            (EntrySummary.entry_id == EntryVersion.entry_id) & (EntrySummary.number == EntryVersion.number),
        )
        .join(Entry, Entry.id == EntryVersion.entry_id)
        .join(Signature, signature_of_version())
        .where(EntryVersion.patient_id == patient_id)
        .where(readable(session, EntryVersion, EntryVersion.author_id))
        .order_by(EntryVersion.effective_at, EntryVersion.entry_id)
    )
    if without_labels:
        asked = asked.where(EntryVersion.restrictions.is_(None))
    if resource_type:
        kept_as = func.jsonb_extract_path_text(EntryVersion.content, "resourceType")
        asked = asked.where(EntrySummary.kind == KIND_OF_TYPE.get(resource_type, Kind.ADMINISTRATIVE))
        asked = asked.where(kept_as == resource_type)
    for row in session.execute(asked):
        yield StoredResource(*row)


def drawn_by(session: ActorSession) -> str:
    """The digest of the rules by which all summaries were drawn last, "" where nobody knows."""
    return session.scalar(select(DrawingRules.digest)) or ""


def headline_rows(session: ActorSession, within: Any) -> Select[Any]:
    """Of the entries with these ids: to be fetched in a combined query, and read by `headlines_from`."""
    rows: Any = select(
        EntrySummary.entry_id,
        EntrySummary.facts["headline"].label("headline"),
        EntrySummary.facts["value"].label("value"),
        EntrySummary.facts["state"].label("state"),
    )
    asked: Select[Any] = rows.where(_among(within)).where(
        readable(session, EntrySummary, EntrySummary.author_id)
    )
    return asked


def _among(within: Any) -> ColumnElement[bool]:
    if isinstance(within, Select):
        # Sought together: entries of one record lie side by side in their index, and are not found one by one from its root.
        return EntrySummary.entry_id == any_(func.array(within.scalar_subquery()))
    return EntrySummary.entry_id.in_(within)


def entry_is_open(session: ActorSession, entry_id: Any) -> ColumnElement[bool]:
    """That the signed entry which a column names is open to the reader."""
    asked: Select[Any] = select(EntrySummary.entry_id).where(EntrySummary.entry_id == entry_id)
    return asked.where(readable(session, EntrySummary, EntrySummary.author_id)).exists()


def headlines_from(rows: Iterable[Any]) -> dict[UUID, BilingualText]:
    """What the timeline calls these entries."""
    return {row.entry_id: _called(row.headline, row.value, row.state) for row in rows}


def recent_entry_rows(session: ActorSession, patient_id: Any, *, after: Any) -> Select[Any]:
    """What happened to a patient after that moment, bills apart, the newest first: to be fetched in a combined query."""
    rows: Any = select(EntrySummary.entry_id, EntrySummary.effective_at)
    asked: Select[Any] = (
        rows.where(EntrySummary.patient_id == patient_id, EntrySummary.effective_at > after)
        .where(EntrySummary.kind != Kind.ADMINISTRATIVE)
        .where(readable(session, EntrySummary, EntrySummary.author_id, only=patient_id))
        .order_by(EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
        .limit(MOST_NOTES)
    )
    return asked


# More than a doctor's visits of ten years; beyond them nobody asks which note belongs to which visit.
MOST_NOTES = 200


@dataclass(frozen=True, slots=True)
class FacilityNote:
    """A doctor's signed note, where and when it says the patient was seen."""

    entry_id: UUID
    facility_id: UUID
    effective_at: datetime
    headline: BilingualText
    author: str


def note_rows(session: ActorSession, patient_id: Any) -> Select[Any]:
    """A patient's newest notes from our facilities that count: to be fetched in a combined query, and read by `facility_notes_from`."""
    rows: Any = select(
        EntrySummary.entry_id, EntrySummary.facility_id, EntrySummary.effective_at, EntrySummary.facts
    )
    asked: Select[Any] = (
        rows.where(EntrySummary.patient_id == patient_id, EntrySummary.kind == Kind.NOTE)
        .where(EntrySummary.facility_id.is_not(None))
        .where(readable(session, EntrySummary, EntrySummary.author_id, only=patient_id))
        .order_by(EntrySummary.effective_at.desc(), EntrySummary.entry_id.desc())
        .limit(MOST_NOTES)
    )
    return asked


def facility_notes_from(rows: Iterable[Any]) -> list[FacilityNote]:
    told = [(row, from_row(row.facts)) for row in rows]
    return [
        FacilityNote(row.entry_id, row.facility_id, row.effective_at, facts.headline, facts.author)
        for row, facts in told
        if not facts.entered_in_error
    ]


def _called(*words: list[str] | None) -> BilingualText:
    """Headline, value and state as one phrase: a cancelled result is called so wherever it is named."""
    in_both = zip(*(each or ["", ""] for each in words), strict=True)
    return BilingualText(*(_phrase(*each) for each in in_both))


def _phrase(headline: str, value: str, state: str) -> str:
    return f"{headline}: {value}".removesuffix(": ") + (f" ({state})" if state else "")
