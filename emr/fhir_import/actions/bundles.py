"""Taking in a checked bundle: every resource becomes an entry, a new version of one, or is known already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from emr.content.rules.attachments import attachments_in
from emr.content.rules.context import (
    FACILITY_SYSTEM,
    directory_name,
    encounter_reference,
    place_reference,
    reference_texts_in,
)
from emr.content.rules.digests import signed_digest
from emr.content.rules.fhir_dates import UNDATED, happened_at
from emr.content.rules.references import DIRECTORY_TYPES
from emr.directory.tables import DirectoryResource
from emr.entries.rules.kinds import kind_of
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.fhir_import.actions.resource_resolution import BundleIdentities, ResourceIdentity, resolve_identities
from emr.fhir_import.validation.bundles import Incoming, IncomingBundle
from emr.fhir_import.validation.references import Resolution, subject_of
from emr.fhir_import.validation.refusals import BundleRefused
from emr.summaries.actions import rebuild_patient
from foundation import audit
from foundation.canonical_json import digest_of
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.outbox import announce
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.facilities.queries import facility_by_code

SOURCE_ROLE = "source"
METHOD = "import"
LATE = {"Binary": 1, "Provenance": 2}


@dataclass
class Imported:
    """What became of a bundle's resources, counted by type.

    Attributes:
        left_out: places of resources that belong to no record, each with the reason; the rest is stored.
        unresolved: places of references that lead to nothing we hold, each with the reference.
    """

    stored: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    unresolved: list[tuple[str, str]] = field(default_factory=list)


def import_bundle(
    session: ActorSession, bundle: IncomingBundle, *, facility_id: UUID | None = None
) -> Imported:
    """Store what is new or changed; the same bundle again changes nothing.

    Args:
        facility_id: the facility that cares for the bundle's patients from now on, so that its doctors see them.

    Raises:
        BundleRefused: a reference leads nowhere, or a patient or resource is not who the bundle says.
    """
    identities = resolve_identities(session, bundle)
    bundle_import = _BundleImport(session, identities, at=now())
    # What is attached to other entries, or speaks about them, comes after them.
    for incoming in sorted(bundle.resources, key=lambda each: LATE.get(each.resource_type, 0)):
        bundle_import.add(incoming)
    bundle_import.store()
    for patient_id in bundle_import.changed_patients:
        rebuild_patient(session, patient_id)
        audit.record(
            session, act="record.imported", patient_id=patient_id, object_kind="patient", object_id=patient_id
        )
        # One message however many entries: what was sent is read in the record.
        announce(
            session,
            "record.imported",
            {
                "patient_id": str(patient_id),
                "object_id": str(patient_id),
                "at": bundle_import.at.isoformat(),
            },
        )
    if facility_id:
        for patient_id in sorted(identities.patients):
            begin_care(session, patient_id=patient_id, facility_id=facility_id, basis=CareBasis.IMPORT)
    return bundle_import.imported


class _BundleImport:
    """One bundle on its way in: contents as we store them, and the rows that they become."""

    def __init__(self, session: ActorSession, identities: BundleIdentities, *, at: datetime) -> None:
        self.session = session
        self.identities = identities
        self.at = at
        self.imported = Imported()
        self.changed_patients: set[UUID] = set()
        self.contents: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, UUID] = {}
        self.plan_of_goal: dict[str, dict[str, Any]] = {}
        self.holder_of_document: dict[str, ResourceIdentity] = {}
        self.entries_to_store: list[tuple[ResourceIdentity, dict[str, Any]]] = []
        self.directory: list[dict[str, Any]] = []

    def add(self, incoming: Incoming) -> None:
        identity = self.identities.of(incoming)
        resolution = Resolution(incoming, self.identities.resolve)
        content = resolution.content(own_id=str(identity.own_id))
        self.imported.unresolved += resolution.unresolved
        if incoming.resource_type == "Binary" and self._patient_of_document(identity, content) is None:
            why = "belongs to no record: no securityContext names a patient, and no entry of the bundle holds it"
            self.imported.left_out.append((incoming.where, why))
            return
        self.contents[identity.reference] = content
        if incoming.resource_type in DIRECTORY_TYPES:
            self._add_to_directory(incoming, identity, content)
        else:
            self._add_to_record(incoming, identity, content)

    def _add_to_record(self, incoming: Incoming, identity: ResourceIdentity, content: dict[str, Any]) -> None:
        self.owners[identity.reference] = self._owner(incoming, identity, content)
        self.entries_to_store.append((identity, content))
        if incoming.resource_type == "CarePlan":
            for goal in reference_texts_in(content.get("goal")):
                self.plan_of_goal.setdefault(goal, content)
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
                raise BundleRefused(
                    place, "is neither in this bundle nor a patient whom we know from its sender"
                )
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
            if digest == identity.content_sha256:
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
        """When it happened: by itself, by its visit, by the plan or document that names it; else nobody knows."""
        visit = self.contents.get(encounter_reference(content), {})
        plan = self.plan_of_goal.get(reference, {})
        holder = self.holder_of_document.get(reference)
        document = self.contents[holder.reference] if holder else {}
        moments = (happened_at(each, zone=zone()) for each in (content, visit, plan, document) if each)
        return next((moment for moment in moments if moment), UNDATED)

    def _facility(self, content: Mapping[str, Any]) -> UUID | None:
        """The facility of ours where it happened, where the organisation carries our code."""
        place = place_reference(content, self.contents.get)
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
