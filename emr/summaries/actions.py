"""Drawing the summaries from the signed versions: of one entry when it is signed, of a patient, of everybody."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete

from emr.content.rules.context import author_references, place_reference
from emr.content.rules.texts import sanitized_text
from emr.directory.queries import directory_names
from emr.entries.queries.versions import (
    newest_signed_of_entry,
    newest_signed_of_patients,
    patients_with_entries,
)
from emr.summaries.rules.facts import to_row
from emr.summaries.rules.summary import summary_of
from emr.summaries.tables import EntrySummary
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import FacilityCard, facility_cards
from identity.staff.queries import StaffCard, staff_cards


def rebuild_all(session: ActorSession, *, on_progress: Callable[[int], None] = lambda _done: None) -> int:
    """Draw every summary anew. Returns how many there are.

    Args:
        on_progress: hears after each patient how many summaries are drawn.
    """
    session.execute(delete(EntrySummary))
    drawn = 0
    for patient_id in patients_with_entries(session):
        drawn += rebuild_patient(session, patient_id)
        on_progress(drawn)
    return drawn


def rebuild_patient(session: ActorSession, patient_id: UUID) -> int:
    """Draw all of a patient's summaries: a visit that changed tells its results where they were taken."""
    return rebuild_patients(session, [patient_id])


def rebuild_patients(session: ActorSession, patient_ids: Collection[UUID]) -> int:
    """Draw the summaries of several, each from the own record alone."""
    return _rebuild(session, newest_signed_of_patients(session, patient_ids))


def rebuild_entry(session: ActorSession, entry_id: UUID) -> None:
    """Draw the summary of an entry that was written here."""
    _rebuild(session, newest_signed_of_entry(session, entry_id))


def _rebuild(session: ActorSession, versions: list[Row[Any]]) -> int:
    if not versions:
        return 0
    records: dict[UUID, dict[str, Any]] = {}
    for row in versions:
        record = records.setdefault(row.patient_id, {})
        record[f"{row.content['resourceType']}/{row.entry_id}"] = row.content
    names = directory_names(session, set(_identifiers_in([row.content for row in versions])))
    facilities = facility_cards(session, [row.facility_id for row in versions])
    staff = staff_cards(session, [row.author_id for row in versions])
    rows = [_row(row, records[row.patient_id], names, facilities, staff) for row in versions]
    changed = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name != "entry_id")
    add_rows(session, EntrySummary, rows, known=f"ON CONFLICT (entry_id) DO UPDATE SET {changed}")
    return len(rows)


def _row(
    row: Row[Any],
    contents: Mapping[str, Mapping[str, Any]],
    names: Mapping[UUID, str],
    facilities: Mapping[UUID, FacilityCard],
    staff: Mapping[UUID, StaffCard],
) -> dict[str, Any]:
    facts = summary_of(row.content).facts
    place = place_reference(row.content, contents.get)
    authors = author_references(row.content, contents.get)
    if row.facility_id in facilities:
        facts = facts.with_changes(place=facilities[row.facility_id].name)
    elif place:
        called = _display_name(place, names)
        facts = facts.with_changes(place=BilingualText(called, called))
    written_by = [_display_name(each, names) for each in authors]
    author = staff[row.author_id].full_name if row.author_id in staff else ", ".join(filter(None, written_by))
    return {
        "entry_id": row.entry_id,
        "patient_id": row.patient_id,
        "kind": row.kind,
        "effective_at": row.effective_at,
        "facility_id": row.facility_id,
        "author_id": row.author_id,
        "number": row.number,
        "facts": to_row(facts.with_changes(author=author)),
    }


def _display_name(reference: Mapping[str, Any], names: Mapping[UUID, str]) -> str:
    identifier = _identifier(sanitized_text(reference.get("reference")))
    return (names.get(identifier) if identifier else None) or sanitized_text(reference.get("display"))


def _identifiers_in(contents: Collection[Mapping[str, Any]]) -> Iterator[UUID]:
    for content in contents:
        own = [place_reference(content, _nothing), *author_references(content, _nothing)]
        for reference in own:
            identifier = _identifier(sanitized_text(reference.get("reference"))) if reference else None
            if identifier:
                yield identifier


def _nothing(_reference: str) -> None:
    return None


def _identifier(reference: str) -> UUID | None:
    try:
        return UUID(reference.rpartition("/")[2])
    except ValueError:
        return None
