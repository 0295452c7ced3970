"""The records of those with a story: entries, versions and signatures with the times at which they were written.

The record room's own import would date everything to today and sign in the source's name; here doctors signed long ago.
"""

from itertools import count

from demo.chance import numbered_id
from demo.loading.bulk import Row, add_audit_rows, add_rows, audit_row
from demo.record import SIGNED_AFTER, DemoEntry, Record
from demo.region import Region
from demo.stories.records import records_of
from emr.content.rules.digests import signed_digest
from emr.entries.rules.kinds import kind_of
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.summaries.actions import rebuild_patients
from foundation.canonical_json import canonical_json, digest_of_text
from foundation.database.transactions import ActorSession
from identity.access.enumerations import CareBasis
from identity.access.tables import CareRelation

METHOD = "signed-in session"


def record_rows(region: Region) -> "RecordRows":
    """Every record, written out. No database is needed."""
    rows = RecordRows()
    for record in records_of(region):
        rows.add(record)
    return rows


def load_records(session: ActorSession, region: Region, rows: "RecordRows") -> int:
    """Enter every record and draw its summaries; how many entries there are."""
    add_rows(session, CareRelation, rows.care)
    add_rows(session, Entry, rows.entries)
    add_rows(session, EntryVersion, rows.versions)
    add_rows(session, Signature, rows.signatures)
    add_audit_rows(session, rows.audit)
    rebuild_patients(session, [citizen.id for citizen in region.story_people])
    return len(rows.entries)


class RecordRows:
    """The rows of all records, gathered so that each table is written in one go."""

    def __init__(self) -> None:
        self.entries: list[Row] = []
        self.versions: list[Row] = []
        self.signatures: list[Row] = []
        self.care: list[Row] = []
        self.audit: list[Row] = []
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
