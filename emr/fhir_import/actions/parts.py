"""Taking in resources that come once each: every one becomes an entry, a new version of one, or is known already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from emr.content.rules.attachments import attachments_in
from emr.content.rules.context import (
    FACILITY_SYSTEM,
    directory_name,
    place_reference,
    reference_texts_in,
)
from emr.content.rules.digests import signed_digest
from emr.content.rules.fhir_dates import UNDATED, happened_at
from emr.content.rules.references import CALLED_BY_CODE, DIRECTORY_TYPES
from emr.directory.tables import DirectoryResource
from emr.entries.rules.kinds import kind_of
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.fhir_import.actions.resource_resolution import BundleIdentities, ResourceIdentity
from emr.fhir_import.validation.bundles import Incoming
from emr.fhir_import.validation.references import Resolution, subject_of
from emr.fhir_import.validation.refusals import BundleRefused, Told
from foundation.canonical_json import digest_of
from foundation.clock import zone
from foundation.identifiers import new_id
from identity.facilities.queries import facility_by_code

SOURCE_ROLE = "source"
METHOD = "import"


@dataclass
class Imported:
    """What became of a bundle's resources, counted by type.

    Attributes:
        refused: places of resources that were left out, each with the reason; the rest is stored.
        skipped: places of what belongs into no record, each with the reason.
        unresolved: places of references that lead to nothing we hold, each with the reference.
    """

    stored: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    refused: list[Told] = field(default_factory=list)
    skipped: list[Told] = field(default_factory=list)
    unresolved: list[tuple[str, str]] = field(default_factory=list)

    def add(self, other: "Imported") -> None:
        self.stored += other.stored
        self.unchanged += other.unchanged
        self.refused += other.refused
        self.skipped += other.skipped
        self.unresolved += other.unresolved


class PartImport:
    """Resources on their way in: contents as we store them, and the rows that they become."""

    def __init__(self, identities: BundleIdentities, *, at: datetime) -> None:
        self.session = identities.session
        self.identities = identities
        self.at = at
        self.imported = Imported()
        self.changed_patients: set[UUID] = set()
        self.contents: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, UUID] = {}
        self.holder_of_document: dict[str, ResourceIdentity] = {}
        self.entries_to_store: list[tuple[ResourceIdentity, dict[str, Any]]] = []
        self.directory: list[dict[str, Any]] = []
        # What entries that are there already may be told by.
        self.changed_medicines: set[str] = set()

    def add(self, incoming: Incoming) -> None:
        """Raises BundleRefused: a reference leads nowhere, or the resource is not what it was."""
        identity = self.identities.of(incoming)
        if identity.left_as_it_is:
            self._leave(identity)
            return
        whose = identity.patient_id or self.identities.patient_told_of(incoming)
        resolution = Resolution(incoming, partial(self.identities.resolve, patient_id=whose))
        content = resolution.content(own_id=str(identity.own_id))
        self.imported.unresolved += resolution.unresolved
        if incoming.resource_type == "Binary" and self._patient_of_document(identity, content) is None:
            why = "belongs to no record: no securityContext names a patient, and no entry of the bundle holds it"
            self.imported.refused.append(Told(incoming.where, why))
            return
        self.contents[identity.reference] = content
        if incoming.resource_type in DIRECTORY_TYPES:
            self._add_to_directory(incoming, identity, content)
        else:
            self._add_to_record(incoming, identity, content)

    def _leave(self, identity: ResourceIdentity) -> None:
        """What is there already stays as it is; others of the bundle may refer to it."""
        self.imported.unchanged[identity.incoming.resource_type] += 1
        if identity.incoming.resource_type == "Patient":
            self.owners[identity.reference] = identity.own_id
        elif identity.patient_id:
            self.owners[identity.reference] = identity.patient_id

    def _add_to_record(self, incoming: Incoming, identity: ResourceIdentity, content: dict[str, Any]) -> None:
        owner = self.owners[identity.reference] = self._owner(incoming, identity, content)
        self.identities.note_care(incoming, owner)
        self.entries_to_store.append((identity, content))
        for each in attachments_in(content):
            self.holder_of_document.setdefault(str(each.get("url")), identity)

    def _patient_of_document(self, identity: ResourceIdentity, content: Mapping[str, Any]) -> UUID | None:
        """Whose a Binary is: its securityContext's, else theirs whose entry holds it, else whose it was before."""
        said = next(reference_texts_in(content.get("securityContext")), "")
        holder = self.holder_of_document.get(identity.reference)
        return (
            self.owners.get(said)
            or self.identities.patient_of_reference(said)
            or (self.owners[holder.reference] if holder else identity.patient_id)
        )

    def _add_to_directory(
        self, incoming: Incoming, identity: ResourceIdentity, content: dict[str, Any]
    ) -> None:
        digest = digest_of(content)
        if digest in identity.known_digests:
            self.imported.unchanged[incoming.resource_type] += 1
            return
        self.imported.stored[incoming.resource_type] += 1
        if identity.known_digests and incoming.resource_type in CALLED_BY_CODE:
            self.changed_medicines.add(identity.reference)
        self.directory.append(
            {
                "id": new_id(),
                "resource_id": identity.own_id,
                "resource_type": incoming.resource_type,
                "source_system": incoming.source_system,
                "source_identifier": incoming.source_identifier,
                "name": directory_name(content),
                "content": content,
                "content_sha256": digest,
                "recorded_at": self.at,
            }
        )

    def _owner(self, incoming: Incoming, identity: ResourceIdentity, content: dict[str, Any]) -> UUID:
        """The patient whose record the content belongs to."""
        if incoming.resource_type == "Patient":
            owner = identity.own_id
        elif incoming.resource_type == "Binary" and (
            document_of := self._patient_of_document(identity, content)
        ):
            owner = document_of
        else:
            place, reference = subject_of(content, incoming.where)
            found = self.owners.get(reference) or self.identities.patient_of_reference(reference)
            if found is None:
                why = "is neither in this bundle nor a patient whom we know from its sender"
                raise BundleRefused(place, why, unknown_subject=True)
            owner = found
        if identity.patient_id not in (None, owner):
            raise BundleRefused(incoming.where, "stands in another patient's record already")
        return owner

    def store(self) -> None:
        """Write the rows, table by table."""
        connection = self.session.connection()
        entries, versions, signatures = [], [], []
        for identity, content in self.entries_to_store:
            resource_type = str(content["resourceType"])
            digest = digest_of(content)
            if digest == identity.content_sha256 or digest in identity.known_digests:
                self.imported.unchanged[resource_type] += 1
                continue
            self.imported.stored[resource_type] += 1
            patient_id = self.owners[identity.reference]
            self.changed_patients.add(patient_id)
            if identity.number == 0:
                entries.append(self._entry(identity, patient_id, content))
            version = self._version(identity, patient_id, content, digest)
            versions.append(version)
            signatures.append(_signature(version))
        for table, rows in ((DirectoryResource, self.directory), (Entry, entries), (EntryVersion, versions),
                            (Signature, signatures)):  # fmt: skip
            if rows:
                connection.execute(insert(table), rows)

    def _entry(
        self, identity: ResourceIdentity, patient_id: UUID, content: Mapping[str, Any]
    ) -> dict[str, Any]:
        return {
            "id": identity.entry_id,
            "patient_id": patient_id,
            "kind": kind_of(content).value,
            "facility_id": self._facility(content),
            "created_at": self.at,
            "source_system": identity.incoming.source_system,
            "source_identifier": identity.incoming.source_identifier,
        }

    def _version(
        self, identity: ResourceIdentity, patient_id: UUID, content: dict[str, Any], digest: str
    ) -> dict[str, Any]:
        return {
            "entry_id": identity.entry_id,
            "number": identity.number + 1,
            "patient_id": patient_id,
            "content": content,
            "content_sha256": digest,
            "previous_sha256": identity.content_sha256,
            "author_id": None,
            "author_role": SOURCE_ROLE,
            "facility_id": self._facility(content),
            "effective_at": self._effective(identity.reference, content),
            "recorded_at": self.at,
            "reason": "",
        }

    def _effective(self, reference: str, content: Mapping[str, Any]) -> datetime:
        """When it happened: by itself, bytes by the document that holds them; else its line asks, as far as it may tell."""
        holder = self.holder_of_document.get(reference)
        document = self.contents[holder.reference] if holder else {}
        moments = (happened_at(each, zone=zone()) for each in (content, document) if each)
        return next((moment for moment in moments if moment), UNDATED)

    def _facility(self, content: Mapping[str, Any]) -> UUID | None:
        """The facility of ours where it happened, where the organisation that it names carries our code.

        What its visit says is another entry's, which may be closed to whoever reads this one: the lines ask it as far as they may.
        """
        place = place_reference(content, lambda _visit: None)
        organisation = self.contents.get(str(place.get("reference"))) if place else None
        for identifier in (organisation or {}).get("identifier") or []:
            if identifier.get("system") == FACILITY_SYSTEM:
                card = facility_by_code(self.session, str(identifier.get("value")))
                return card.id if card else None
        return None


def _signature(version: Mapping[str, Any]) -> dict[str, Any]:
    """The sending system vouches for what it sent."""
    return {
        "id": new_id(),
        "entry_id": version["entry_id"],
        "number": version["number"],
        "patient_id": version["patient_id"],
        "signer_id": None,
        "meaning": SignatureMeaning.SOURCE.value,
        "method": METHOD,
        "signed_sha256": signed_digest(
            entry_id=version["entry_id"],
            number=version["number"],
            content_sha256=version["content_sha256"],
            previous_sha256=version["previous_sha256"],
        ),
        "signed_at": version["recorded_at"],
    }
