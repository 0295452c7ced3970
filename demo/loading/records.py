"""The records of those with a story: entries, versions and signatures with the times at which they were written.

The record room's own import would date everything to today and sign in the source's name; here doctors signed long ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import DeclarativeBase

from demo.chance import numbered_id
from demo.loading.bulk import Row, audit_row
from demo.loading.keeping import keep, kept
from demo.record import SIGNED_AFTER, DemoEntry, Record
from demo.region import Region
from demo.stories.records import records_of
from emr.content.rules.digests import signed_digest
from emr.content.rules.subject import Subject
from emr.entries.enumerations import Kind
from emr.entries.rules.kinds import kind_of
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.summaries.queries.drawn import Named, lines_of
from emr.summaries.tables import EntrySummary
from foundation.audit import AuditEvent
from foundation.canonical_json import canonical_json, digest_of_text
from foundation.clock import zone
from foundation.database.bulk import WrittenRows, add_written, write_rows
from foundation.database.transactions import ActorSession
from foundation.language.dates import Precision
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation
from identity.facilities.queries import FacilityCard
from identity.people.enumerations import Birth
from identity.people.rules.names import full_name, short_name
from identity.staff.queries import StaffCard

METHOD = "signed-in session"


NAME = "records"
# In the order in which their references allow.
TABLES: dict[str, type[DeclarativeBase]] = {
    "care": CareRelation,
    "entries": Entry,
    "versions": EntryVersion,
    "signatures": Signature,
    "audit": AuditEvent,
    "summaries": EntrySummary,
}


@dataclass(frozen=True)
class WrittenRecords:
    """Every record with its lines, written out; and how many entries there are."""

    entries: int
    tables: Mapping[str, WrittenRows]


def written_records(region: Region) -> WrittenRecords:
    """Those of a region, kept or made. No database is needed."""
    if found := kept(NAME, size=region.size):
        return WrittenRecords(*found)
    return write_records(region)


def keep_records(records: WrittenRecords, region: Region) -> None:
    """Keep them, whole or not at all."""
    keep(NAME, records.entries, records.tables, size=region.size)


def write_records(region: Region) -> WrittenRecords:
    """Make every record of a region and draw its lines."""
    rows = RecordRows()
    for record in records_of(region):
        rows.add(record)
    rows.summaries = lines_of(rows.newest, _named(region))
    tables = {name: write_rows(getattr(rows, name)) for name in TABLES}
    return WrittenRecords(len(rows.entries), tables)


def load_records(session: ActorSession, records: WrittenRecords) -> int:
    """Enter every record with its lines; how many entries there are."""
    for name, table in TABLES.items():
        add_written(session, table, records.tables[name])
    return records.entries


def _named(region: Region) -> Named:
    """Whom the records of a region name: nobody but its own places and people."""
    return Named(
        listed={},
        facilities={
            each.id: FacilityCard(
                each.id,
                each.code,
                each.kind,
                each.name,
                each.settlement.name,
                each.address,
                each.telephone,
                each.latitude,
                each.longitude,
            )
            for each in region.facilities
        },
        staff={
            each.id: StaffCard(each.id, full_name(*called), short_name(*called), each.position)
            for each in region.staff
            for called in [(each.name.family, each.name.given, each.name.middle)]
        },
        subjects={
            each.id: Subject(str(each.sex), Birth(each.birth_date, Precision.DAY), zone())
            for each in region.story_people
        },
    )


class NewestVersion(NamedTuple):
    """A version as its line is drawn from it."""

    entry_id: UUID
    patient_id: UUID
    number: int
    content: Mapping[str, Any]
    effective_at: datetime
    recorded_at: datetime
    author_id: UUID
    kind: Kind
    facility_id: UUID
    source_system: str | None = None
    # Labels come with the rows; what is written here takes a diagnosis from nobody but itself.
    restrictions: Sequence[str] | None = None


class RecordRows:
    """The rows of all records, gathered so that each table is written in one go."""

    def __init__(self) -> None:
        self.entries: list[Row] = []
        self.versions: list[Row] = []
        self.signatures: list[Row] = []
        self.care: list[Row] = []
        self.audit: list[Row] = []
        self.newest: list[NewestVersion] = []
        self.summaries: list[Row] = []
        self._signed = count()
        self._cared_for = count(1)

    def add(self, record: Record) -> None:
        citizen = record.citizen
        seen_at = {citizen.home.id}
        for entry in record.entries:
            self._add_entry(record, entry)
            place = entry.author.facility.id
            if place not in seen_at:
                seen_at.add(place)
                self.care.append(
                    {
                        "id": numbered_id("visited", next(self._cared_for)),
                        "patient_id": citizen.id,
                        "facility_id": place,
                        "basis": CareBasis.ENCOUNTER,
                        "began_at": entry.happened_at,
                    }
                )
        self.audit.append(
            audit_row(
                act="record.imported", patient_id=citizen.id, object_kind="patient", object_id=citizen.id
            )
        )

    def _add_entry(self, record: Record, entry: DemoEntry) -> None:
        patient_id, facility_id = record.citizen.id, entry.author.facility.id
        self.entries.append(
            {
                "id": entry.id,
                "patient_id": patient_id,
                "kind": kind_of(entry.versions[0].content),
                "facility_id": facility_id,
                "created_at": entry.versions[0].written_at,
            }
        )
        previous = ""
        for number, version in enumerate(entry.versions, start=1):
            written = canonical_json(version.content)
            digest = digest_of_text(written)
            self.versions.append(
                {
                    "entry_id": entry.id,
                    "number": number,
                    "patient_id": patient_id,
                    "content": written,
                    "content_sha256": digest,
                    "previous_sha256": previous,
                    "author_id": entry.author.id,
                    "author_role": entry.author.role,
                    "facility_id": facility_id,
                    "effective_at": entry.happened_at,
                    "recorded_at": version.written_at,
                    "reason": version.reason,
                }
            )
            signed = signed_digest(
                entry_id=entry.id, number=number, content_sha256=digest, previous_sha256=previous
            )
            self.signatures.append(
                {
                    "id": numbered_id("signature", next(self._signed)),
                    "entry_id": entry.id,
                    "number": number,
                    "patient_id": patient_id,
                    "signer_id": entry.author.id,
                    "meaning": SignatureMeaning.AUTHOR,
                    "method": METHOD,
                    "signed_sha256": signed,
                    "signed_at": version.written_at + SIGNED_AFTER,
                }
            )
            previous = digest
        newest = entry.versions[-1]
        self.newest.append(
            NewestVersion(
                entry.id,
                patient_id,
                len(entry.versions),
                newest.content,
                entry.happened_at,
                newest.written_at,
                entry.author.id,
                self.entries[-1]["kind"],
                facility_id,
            )
        )
