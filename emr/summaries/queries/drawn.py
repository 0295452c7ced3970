"""The lines of entries as they are drawn from their newest signed versions. Nothing is written."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from emr.content.rules.context import author_references, encounter_reference, place_reference
from emr.content.rules.fhir_dates import UNDATED, Happened, happened
from emr.content.rules.references import NAMED_TYPES, readable
from emr.content.rules.subject import Subject
from emr.content.rules.texts import sanitized_text
from emr.directory.queries import directory_targets
from emr.entries.enumerations import Kind
from emr.summaries.rules.endings import Ending, endings_in
from emr.summaries.rules.facts import to_row
from emr.summaries.rules.note_headlines import note_headline
from emr.summaries.rules.summary import Summary, summary_of
from foundation.clock import zone
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from foundation.language.dates import Precision
from identity.facilities.queries import FacilityCard, facility_cards
from identity.patients.queries.patients import sexes_and_births
from identity.staff.queries import StaffCard, staff_cards


@dataclass(frozen=True, slots=True)
class Named:
    """What records name beside themselves: the directory by reference, places, staff; and whose records they are."""

    listed: Mapping[str, Mapping[str, Any]]
    facilities: Mapping[UUID, FacilityCard]
    staff: Mapping[UUID, StaffCard]
    subjects: Mapping[UUID, Subject]


def drawn_lines(
    session: ActorSession, versions: Sequence[Row[Any]], beside: Sequence[Row[Any]] = ()
) -> list[dict[str, Any]]:
    """The summary of each of these versions as its table keeps it.

    Args:
        beside: the newest diagnoses of the same records, where these are not all of them.
    """
    if not versions:
        return []
    named = Named(
        directory_targets(session, [row.content for row in versions]),
        facility_cards(session, [row.facility_id for row in versions]),
        staff_cards(session, [row.author_id for row in versions]),
        _subjects_of(session, versions),
    )
    return lines_of(versions, named, beside)


def lines_of(versions: Sequence[Any], named: Named, beside: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The same where it is known already what they name: no database is asked.

    Args:
        versions: with the columns of `emr.entries.queries.versions`.
    """
    records: dict[UUID, dict[str, Any]] = {}
    for row in versions:
        record = records.setdefault(row.patient_id, {})
        record[_reference(row)] = row.content
    told = _readable_records(records, named.listed)
    endings = _endings_of([*versions, *beside])
    return [
        _row(
            row,
            told[row.patient_id],
            summary_of(
                told[row.patient_id][_reference(row)],
                named.subjects.get(row.patient_id, Subject(zone=zone())),
                endings[row.patient_id],
            ),
            named,
        )
        for row in versions
    ]


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


def _subjects_of(session: ActorSession, versions: Sequence[Row[Any]]) -> dict[UUID, Subject]:
    """Those with observations, whose ranges go by sex and age."""
    ids = {row.patient_id for row in versions if row.content["resourceType"] == "Observation"}
    known = sexes_and_births(session, ids)
    return {key: Subject(str(each.sex), each.birth, zone()) for key, each in known.items()}


def _row(
    row: Row[Any],
    contents: Mapping[str, Mapping[str, Any]],
    summary: Summary,
    named: Named,
) -> dict[str, Any]:
    content = contents[_reference(row)]
    facts = summary.facts
    if summary.kind is Kind.NOTE and row.author_id in named.staff:
        facts = facts.with_changes(
            headline=note_headline(named.staff[row.author_id].position) or facts.headline
        )
    place = place_reference(content, contents.get)
    authors = author_references(content, contents.get)
    if row.facility_id in named.facilities:
        facts = facts.with_changes(place=named.facilities[row.facility_id].name)
    elif place:
        called = sanitized_text(place.get("display"))
        facts = facts.with_changes(place=BilingualText(called, called))
    written_by = [sanitized_text(each.get("display")) for each in authors]
    author = (
        named.staff[row.author_id].full_name
        if row.author_id in named.staff
        else ", ".join(filter(None, written_by))
    )
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
