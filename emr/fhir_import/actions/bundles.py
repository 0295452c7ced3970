"""Taking in a checked bundle: every resource becomes an entry, a new version of one, or is known already."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from emr.content.rules.context import (
    FACILITY_SYSTEM,
    directory_name,
    encounter_reference,
    place_reference,
    references_in,
)
from emr.content.rules.digests import signed_digest
from emr.content.rules.fhir_dates import happened_at
from emr.directory.tables import DirectoryResource
from emr.entries.rules.kinds import kind_of
from emr.entries.tables.entries import Entry, EntryVersion
from emr.entries.tables.signatures import Signature, SignatureMeaning
from emr.fhir_import.actions.resource_resolution import Arrival, Arrivals, arrivals_of
from emr.fhir_import.validation.bundles import Incoming, IncomingBundle
from emr.fhir_import.validation.references import DIRECTORY_TYPES, resolved, subject_of
from emr.fhir_import.validation.refusals import BundleRefused
from emr.summaries.actions import redraw_patient
from foundation import audit
from foundation.canonical_json import digest_of
from foundation.clock import now, zone
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis
from identity.facilities.queries import facility_by_code

SOURCE_ROLE = "source"
METHOD = "import"


@dataclass
class Imported:
    """What became of a bundle's resources, counted by type."""

    stored: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)


def import_bundle(
    session: ActorSession, bundle: IncomingBundle, *, facility_id: UUID | None = None
) -> Imported:
    """Store what is new or changed; the same bundle again changes nothing.

    Args:
        facility_id: the facility that cares for the bundle's patients from now on, so that its doctors see them.

    Raises:
        BundleRefused: a reference leads nowhere, or a patient or resource is not who the bundle says.
    """
    arrivals = arrivals_of(session, bundle)
    intake = _Intake(session, arrivals, at=now())
    # What speaks about other entries comes after them.
    for incoming in sorted(bundle.resources, key=lambda each: each.resource_type == "Provenance"):
        intake.take(incoming)
    intake.store()
    for patient_id in intake.changed_patients:
        redraw_patient(session, patient_id)
        audit.record(
            session, act="record.imported", patient_id=patient_id, object_kind="patient", object_id=patient_id
        )
    if facility_id:
        for patient_id in sorted(arrivals.patients):
            begin_care(session, patient_id=patient_id, facility_id=facility_id, basis=CareBasis.IMPORT)
    return intake.imported


class _Intake:
    """One bundle on its way in: contents as we store them, and the rows that they become."""

    def __init__(self, session: ActorSession, arrivals: Arrivals, *, at: datetime) -> None:
        self.session = session
        self.arrivals = arrivals
        self.at = at
        self.imported = Imported()
        self.changed_patients: set[UUID] = set()
        self.contents: dict[str, dict[str, Any]] = {}
        self.owners: dict[str, UUID] = {}
        self.plan_of_goal: dict[str, dict[str, Any]] = {}
        self.taken: list[tuple[Arrival, dict[str, Any]]] = []
        self.directory: list[dict[str, Any]] = []

    def take(self, incoming: Incoming) -> None:
        arrival = self.arrivals.of(incoming)
        content = resolved(incoming, own_id=str(arrival.own_id), resolve=self.arrivals.resolve)
        self.contents[arrival.reference] = content
        if incoming.resource_type in DIRECTORY_TYPES:
            self._take_into_directory(incoming, arrival, content)
        else:
            self.owners[arrival.reference] = self._owner(incoming, arrival, content)
            self.taken.append((arrival, content))
            if incoming.resource_type == "CarePlan":
                for goal in references_in(content.get("goal")):
                    self.plan_of_goal.setdefault(goal, content)

    def _take_into_directory(self, incoming: Incoming, arrival: Arrival, content: dict[str, Any]) -> None:
        digest = digest_of(content)
        if digest in arrival.known_digests:
            self.imported.unchanged[incoming.resource_type] += 1
            return
        self.imported.stored[incoming.resource_type] += 1
        self.directory.append(
            {
                "id": new_id(),
                "resource_id": arrival.own_id,
                "resource_type": incoming.resource_type,
                "source_system": incoming.source_system,
                "source_identifier": incoming.source_identifier,
                "name": directory_name(content),
                "content": content,
                "content_sha256": digest,
                "recorded_at": self.at,
            }
        )

    def _owner(self, incoming: Incoming, arrival: Arrival, content: dict[str, Any]) -> UUID:
        """The patient whose record the content belongs to."""
        if incoming.resource_type == "Patient":
            owner = arrival.own_id
        else:
            place, reference = subject_of(content, incoming.where)
            found = self.owners.get(reference) or self.arrivals.patient_behind(reference)
            if found is None:
                raise BundleRefused(
                    place, "is neither in this bundle nor a patient whom we know from its sender"
                )
            owner = found
        if arrival.patient_id not in (None, owner):
            raise BundleRefused(incoming.where, "stands in another patient's record already")
        return owner

    def store(self) -> None:
        """Write the rows, table by table."""
        connection = self.session.connection()
        entries, versions, signatures = [], [], []
        for arrival, content in self.taken:
            resource_type = str(content["resourceType"])
            digest = digest_of(content)
            if digest == arrival.content_sha256:
                self.imported.unchanged[resource_type] += 1
                continue
            self.imported.stored[resource_type] += 1
            patient_id = self.owners[arrival.reference]
            self.changed_patients.add(patient_id)
            if arrival.number == 0:
                entries.append(self._entry(arrival, patient_id, content))
            version = self._version(arrival, patient_id, content, digest)
            versions.append(version)
            signatures.append(_signature(version))
        for table, rows in ((DirectoryResource, self.directory), (Entry, entries), (EntryVersion, versions),
                            (Signature, signatures)):  # fmt: skip
            if rows:
                connection.execute(insert(table), rows)

    def _entry(self, arrival: Arrival, patient_id: UUID, content: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "id": arrival.entry_id,
            "patient_id": patient_id,
            "kind": kind_of(content).value,
            "facility_id": self._facility(content),
            "created_at": self.at,
            "source_system": arrival.incoming.source_system,
            "source_identifier": arrival.incoming.source_identifier,
        }

    def _version(
        self, arrival: Arrival, patient_id: UUID, content: dict[str, Any], digest: str
    ) -> dict[str, Any]:
        return {
            "entry_id": arrival.entry_id,
            "number": arrival.number + 1,
            "patient_id": patient_id,
            "content": content,
            "content_sha256": digest,
            "previous_sha256": arrival.content_sha256,
            "author_id": None,
            "author_role": SOURCE_ROLE,
            "facility_id": self._facility(content),
            "effective_at": self._effective(arrival.reference, content),
            "recorded_at": self.at,
            "reason": "",
        }

    def _effective(self, reference: str, content: Mapping[str, Any]) -> datetime:
        """When it happened: by itself, by its visit, by the plan that names it, else now."""
        visit = self.contents.get(encounter_reference(content), {})
        plan = self.plan_of_goal.get(reference, {})
        told = (happened_at(each, zone=zone()) for each in (content, visit, plan) if each)
        return next((moment for moment in told if moment), self.at)

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
