"""Drawing the summaries from the signed versions: of one entry when it is signed, of a patient, of everybody."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, insert

from emr.content.rules.context import author_references, encounter_reference, place_reference
from emr.content.rules.fhir_dates import UNDATED, Happened, death_told, happened
from emr.content.rules.references import NAMED_TYPES, readable
from emr.content.rules.subject import Subject
from emr.content.rules.texts import sanitized_text
from emr.directory.queries import directory_targets
from emr.entries.enumerations import Kind
from emr.entries.queries.versions import (
    newest_signed_diagnoses,
    newest_signed_of_entry,
    newest_signed_of_patients,
    patients_with_entries,
)
from emr.summaries.queries import drawn_by
from emr.summaries.rules.drawing import drawing_digest
from emr.summaries.rules.endings import Ending, endings_in
from emr.summaries.rules.facts import to_row
from emr.summaries.rules.note_headlines import note_headline
from emr.summaries.rules.summary import Summary, summary_of
from emr.summaries.tables import DrawingRules, EntrySummary
from foundation.clock import now, zone
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.language.dates import Precision
from identity.facilities.queries import FacilityCard, facility_cards
from identity.patients.actions import learn_deaths
from identity.patients.queries.patients import sexes_and_births
from identity.people.enumerations import Death
from identity.staff.queries import StaffCard, staff_cards


def rebuild_all(session: ActorSession, *, on_progress: Callable[[int], None] = lambda _done: None) -> int:
    """Draw every summary anew, and note by which rules. Returns how many there are.

    Args:
        on_progress: hears after each patient how many summaries are drawn.
    """
    session.execute(delete(EntrySummary))
    drawn = 0
    for patient_id in patients_with_entries(session):
        drawn += rebuild_patient(session, patient_id)
        on_progress(drawn)
    note_drawn(session)
    return drawn


def rebuild_outdated(session: ActorSession) -> str:
    """Draw every summary anew where other rules than today's drew them. Returns what was done, "" where nothing was."""
    if drawn_by(session) == drawing_digest():
        return ""
    return f"Lines of the records drawn anew: {rebuild_all(session)}."


def note_drawn(session: ActorSession) -> None:
    """Note that every summary there is was drawn by today's rules."""
    session.execute(delete(DrawingRules))
    session.execute(insert(DrawingRules).values(digest=drawing_digest(), drawn_at=now()))


def rebuild_patient(session: ActorSession, patient_id: UUID) -> int:
    """Draw all of a patient's summaries: a visit that changed tells its results where they were taken."""
    return rebuild_patients(session, [patient_id])


def rebuild_patients(session: ActorSession, patient_ids: Collection[UUID]) -> int:
    """Draw the summaries of several, each from the own record alone, and take up what it tells of a death."""
    versions = newest_signed_of_patients(session, patient_ids)
    learn_deaths(session, {**dict.fromkeys(patient_ids), **_deaths_in(versions)})
    return _rebuild(session, versions)


def _deaths_in(versions: Iterable[Row[Any]]) -> dict[UUID, Death | None]:
    """What is told of deaths; of several senders who say anything of it, the newest stands."""
    people = [row for row in versions if row.content["resourceType"] == "Patient"]
    telling = [row for row in people if any(name.startswith("deceased") for name in row.content)]
    newest_last = sorted(telling, key=lambda row: row.recorded_at)
    return {row.patient_id: death_told(row.content, zone=zone()) for row in newest_last}


def rebuild_entry(session: ActorSession, entry_id: UUID) -> None:
    """Draw the summary of an entry that was written here."""
    for row in newest_signed_of_entry(session, entry_id):
        # A note that was written late may state a problem that has ended meanwhile.
        _rebuild(session, [row], beside=newest_signed_diagnoses(session, row.patient_id))


def _rebuild(session: ActorSession, versions: list[Row[Any]], beside: Sequence[Row[Any]] = ()) -> int:
    """Draw the summaries of these, whose other diagnoses are `beside` them."""
    if not versions:
        return 0
    records: dict[UUID, dict[str, Any]] = {}
    for row in versions:
        record = records.setdefault(row.patient_id, {})
        record[_reference(row)] = row.content
    told = _readable_records(records, directory_targets(session, [row.content for row in versions]))
    facilities = facility_cards(session, [row.facility_id for row in versions])
    staff = staff_cards(session, [row.author_id for row in versions])
    subjects = _subjects_of(session, versions)
    endings = _endings_of([*versions, *beside])
    rows = [
        _row(
            row,
            told[row.patient_id],
            summary_of(
                told[row.patient_id][_reference(row)],
                subjects.get(row.patient_id, Subject(zone=zone())),
                endings[row.patient_id],
            ),
            facilities,
            staff,
        )
        for row in versions
    ]
    changed = ", ".join(f"{name} = excluded.{name}" for name in rows[0] if name != "entry_id")
    add_rows(session, EntrySummary, rows, known=f"ON CONFLICT (entry_id) DO UPDATE SET {changed}")
    return len(rows)


def _reference(row: Row[Any]) -> str:
    return f"{row.content['resourceType']}/{row.entry_id}"


def _endings_of(rows: Iterable[Row[Any]]) -> dict[UUID, list[Ending]]:
    """What each patient's record says of problems that are over."""
    conditions: dict[UUID, list[tuple[UUID, dict[str, Any]]]] = defaultdict(list)
    for row in rows:
        listed = conditions[row.patient_id]
        if row.content["resourceType"] == "Condition":
            listed.append((row.entry_id, row.content))
    return {patient_id: endings_in(listed) for patient_id, listed in conditions.items()}


def _readable_records(
    records: Mapping[UUID, Mapping[str, Mapping[str, Any]]], listed: Mapping[str, Mapping[str, Any]]
) -> dict[UUID, dict[str, dict[str, Any]]]:
    """The records with the names that the directory and they themselves know written into their references."""
    told = {}
    for patient_id, record in records.items():
        own = {each: content for each, content in record.items() if each.partition("/")[0] in NAMED_TYPES}
        known = {**listed, **own}
        told[patient_id] = {each: readable(content, known.get) for each, content in record.items()}
    return told


def _subjects_of(session: ActorSession, versions: list[Row[Any]]) -> dict[UUID, Subject]:
    """Those with observations, whose ranges go by sex and age."""
    ids = {row.patient_id for row in versions if row.content["resourceType"] == "Observation"}
    known = sexes_and_births(session, ids)
    return {key: Subject(str(each.sex), each.birth, zone()) for key, each in known.items()}


def _row(
    row: Row[Any],
    contents: Mapping[str, Mapping[str, Any]],
    summary: Summary,
    facilities: Mapping[UUID, FacilityCard],
    staff: Mapping[UUID, StaffCard],
) -> dict[str, Any]:
    content = contents[_reference(row)]
    facts = summary.facts
    if summary.kind is Kind.NOTE and row.author_id in staff:
        facts = facts.with_changes(headline=note_headline(staff[row.author_id].position) or facts.headline)
    place = place_reference(content, contents.get)
    authors = author_references(content, contents.get)
    if row.facility_id in facilities:
        facts = facts.with_changes(place=facilities[row.facility_id].name)
    elif place:
        called = sanitized_text(place.get("display"))
        facts = facts.with_changes(place=BilingualText(called, called))
    written_by = [sanitized_text(each.get("display")) for each in authors]
    author = staff[row.author_id].full_name if row.author_id in staff else ", ".join(filter(None, written_by))
    if facts.known_as and not author and not facts.place:
        facts = facts.with_changes(source=row.source_system or "")
    when = _when(row, contents)
    return {
        "entry_id": row.entry_id,
        "patient_id": row.patient_id,
        # Not as the entry was filed: what a type counts as may have been mended since.
        "kind": summary.kind.value,
        "effective_at": when.at,
        "facility_id": row.facility_id,
        "author_id": row.author_id,
        "number": row.number,
        "facts": to_row(facts.with_changes(author=author, precision=when.precision.value)),
    }


def _when(row: Row[Any], contents: Mapping[str, Mapping[str, Any]]) -> Happened:
    """When it happened, as far as that is known: of what was written here, by the form; else by itself or by its visit."""
    if row.author_id is not None:
        return Happened(row.effective_at, Precision.MINUTE)
    visit = contents.get(encounter_reference(row.content), {})
    known = (happened(each, zone=zone()) for each in (row.content, visit) if each)
    if told := next((each for each in known if each), None):
        return told
    # Once, what had no date was kept under the moment of its import.
    if row.effective_at in (UNDATED, row.recorded_at):
        return Happened(UNDATED, Precision.UNKNOWN)
    return Happened(row.effective_at, Precision.DAY)
