"""The lines of entries as they are drawn from their newest signed versions. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from emr.content.rules.context import author_references, place_reference
from emr.content.rules.fhir_dates import UNDATED, Happened, happened
from emr.content.rules.subject import Subject
from emr.content.rules.texts import sanitized_text
from emr.directory.queries import directory_targets
from emr.entries.enumerations import Kind
from emr.summaries.rules.facts import to_row
from emr.summaries.rules.note_headlines import note_headline
from emr.summaries.rules.record_contents import RecordContents
from emr.summaries.rules.summary import summary_of
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
    records: dict[UUID, list[Any]] = defaultdict(list)
    for row in versions:
        records[row.patient_id].append(row)
    other: dict[UUID, list[Any]] = defaultdict(list)
    for row in beside:
        other[row.patient_id].append(row)
    known = {key: RecordContents(rows, named.listed, other[key]) for key, rows in records.items()}
    return [_row(row, known[row.patient_id], named) for row in versions]


def _subjects_of(session: ActorSession, versions: Sequence[Row[Any]]) -> dict[UUID, Subject]:
    """Those with observations, whose ranges go by sex and age."""
    ids = {row.patient_id for row in versions if row.content["resourceType"] == "Observation"}
    known = sexes_and_births(session, ids)
    return {key: Subject(str(each.sex), each.birth, zone()) for key, each in known.items()}


def _row(row: Row[Any], record: RecordContents, named: Named) -> dict[str, Any]:
    find = record.open_to(row)
    content = record.content_of(row)
    subject = named.subjects.get(row.patient_id, Subject(zone=zone()))
    summary = summary_of(content, subject, record.endings_for(row))
    facts = summary.facts
    if summary.kind is Kind.NOTE and row.author_id in named.staff:
        facts = facts.with_changes(
            headline=note_headline(named.staff[row.author_id].position) or facts.headline
        )
    place = place_reference(content, find)
    authors = author_references(content, find)
    facility_id = record.facility_of(row)
    if facility_id and facility_id in named.facilities:
        facts = facts.with_changes(place=named.facilities[facility_id].name)
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
    when = _when(row, record)
    return {
        "entry_id": row.entry_id,
        "patient_id": row.patient_id,
        # Not as the entry was filed: what a type counts as may have been mended since.
        "kind": summary.kind.value,
        "effective_at": when.at,
        "facility_id": facility_id,
        "author_id": row.author_id,
        "number": row.number,
        "facts": to_row(facts.with_changes(author=author, precision=when.precision.value)),
    }


def _when(row: Row[Any], record: RecordContents) -> Happened:
    """When it happened, as far as that is known: of what was written here, by the form; else by itself or by what dates it."""
    if row.author_id is not None:
        return Happened(row.effective_at, Precision.MINUTE)
    if own := happened(row.content, zone=zone()):
        return own
    dating = record.dating(row)
    known = (happened(each, zone=zone()) for each in dating.told)
    if told := next((each for each in known if each), None):
        return told
    # Once, what had no date was kept under the moment of its import, or under that of what dates it.
    if dating.closed or row.effective_at in (UNDATED, row.recorded_at):
        return Happened(UNDATED, Precision.UNKNOWN)
    return Happened(row.effective_at, Precision.DAY)
