"""Who the resources of a bundle are to us: known entries, known directory resources, patients, or new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote
from uuid import UUID

from emr.content.rules.references import DIRECTORY_TYPES
from emr.fhir_import.actions.patient_matching import patient_for
from emr.fhir_import.queries.known import (
    KnownEntry,
    ListedResource,
    SourceIdentity,
    entries_with_identifier,
    entry_by_source_identifier,
    known_entries,
    listed_resource_with,
    listed_resources,
    patient_by_source_identifier,
    resource_by_source_identifier,
)
from emr.fhir_import.validation.bundles import UNNAMED_SOURCE, Incoming, IncomingBundle
from emr.fhir_import.validation.conditions import conditional_reference, identifiers_in
from emr.fhir_import.validation.references import literal, subject_reference, without_history
from emr.fhir_import.validation.refusals import BundleRefused
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from identity.patients.queries.patients import known_patient, normal_identifier

# A reference as written, and the system in which "Type/id" means something; "" for what names its target in full.
Written = tuple[str, str]
Known = Mapping[SourceIdentity, KnownEntry]
Listed = Mapping[SourceIdentity, ListedResource]


@dataclass(frozen=True, slots=True)
class ResourceIdentity:
    """One resource: who it is here. `number` and `content_sha256` tell of the newest version that we hold (0, "")."""

    incoming: Incoming
    own_id: UUID
    entry_id: UUID
    number: int = 0
    content_sha256: str = ""
    patient_id: UUID | None = None
    known_digests: frozenset[str] = frozenset()
    # There is one already, and the request was to make one only where there is none.
    left_as_it_is: bool = False

    @property
    def reference(self) -> str:
        return f"{self.incoming.resource_type}/{self.own_id}"


@dataclass
class BundleIdentities:
    """All resources of a bundle, and the way from references as written to references of ours.

    `patients`: whoever a reference may mean, also those whom the bundle merely names.
    `cared_for`: those of whom it tells: they came as a resource, or their sender added to their record.
    `registered`: patients whom nobody knew before.
    `history`: versions may come that were followed by others already.
    """

    session: ActorSession
    history: bool = False
    by_identity: dict[SourceIdentity, ResourceIdentity] = field(default_factory=dict)
    references: dict[Written, str] = field(default_factory=dict)
    patients: set[UUID] = field(default_factory=set)
    cared_for: set[UUID] = field(default_factory=set)
    registered: set[UUID] = field(default_factory=set)

    def anew(self) -> "BundleIdentities":
        """For another part or attempt, which knows what the parts before it have stored."""
        return replace(
            self,
            by_identity={},
            references=dict(self.references),
            patients=set(self.patients),
            cared_for=set(self.cared_for),
        )

    def of(self, incoming: Incoming) -> ResourceIdentity:
        return self.by_identity[incoming.identity]

    def learn(self, incoming: Incoming, own_id: UUID) -> None:
        """Remember what others of the bundle may call a resource."""
        if incoming.resource_type == "Patient":
            self.patients.add(own_id)
        for written in names_of(incoming):
            key = _in_its_system(written, incoming.source_system)
            self.references.setdefault(key, f"{incoming.resource_type}/{own_id}")

    def resolve(self, written: str, system: str, *, patient_id: UUID | None = None) -> str | None:
        """Our reference for one as written; None where nobody knows its target.

        Args:
            patient_id: in whose record what an identifier means is looked for.
        """
        plain = without_history(written)
        key = _in_its_system(plain, system)
        if key not in self.references:
            found = self._looked_up(plain, system, patient_id)
            if found is None:
                return None
            self.references[key] = found
        return self.references[key]

    def patient_told_of(self, incoming: Incoming) -> UUID | None:
        """The patient whom a resource says it tells of, None where it says of nobody whom we know."""
        written = subject_reference(incoming.resource)
        found = self.resolve(written, incoming.source_system) if written else None
        return self.patient_of_reference(found) if found else None

    def note_care(self, incoming: Incoming, owner: UUID) -> None:
        """Remember whose record a resource came into, where it came from whoever the patient is known from.

        A number or another sender's address names anybody; who knows one is not cared for by whoever wrote it.
        """
        address = literal(subject_reference(incoming.resource))
        # What came with a condition is known by that, not by who sent it.
        if incoming.condition is None and address and address[0] in (None, incoming.source_system):
            self.cared_for.add(owner)

    def patient_of_reference(self, reference: str) -> UUID | None:
        """The patient that one of our references names."""
        kind, _, identifier = reference.partition("/")
        try:
            found = UUID(identifier)
        except ValueError:
            return None
        return found if kind == "Patient" and found in self.patients else None

    def _looked_up(self, written: str, system: str, patient_id: UUID | None) -> str | None:
        kind, _, asked = written.partition("?identifier=")
        if asked:
            return self._by_identifier(kind, unquote(asked), patient_id)
        if written.startswith("urn:") or (address := literal(written)) is None:
            return None
        source, identifier = address[0] or system, address[1]
        if source == UNNAMED_SOURCE:
            # Every file that names no sender shares it: Patient/17 of one is not Patient/17 of the next.
            return None
        kind = identifier.partition("/")[0]
        if kind == "Patient":
            patient_id = _patient_called(self.session, source, identifier)
            if patient_id:
                self.patients.add(patient_id)
            return f"Patient/{patient_id}" if patient_id else None
        called = resource_by_source_identifier if kind in DIRECTORY_TYPES else entry_by_source_identifier
        found = called(self.session, source, identifier)
        return f"{kind}/{found}" if found else None

    def _by_identifier(self, kind: str, asked: str, patient_id: UUID | None) -> str | None:
        """A conditional reference, such as "Practitioner?identifier=system|value"."""
        system, _, value = asked.partition("|")
        if kind == "Patient":
            found = known_patient(self.session, system=system, value=normal_identifier(system, value))
            if found:
                self.patients.add(found)
        elif kind in DIRECTORY_TYPES:
            found = listed_resource_with(self.session, kind, system=system, value=value)
        else:
            entries = patient_id and entries_with_identifier(
                self.session, patient_id, kind, system=system, value=value
            )
            found = entries[0].entry_id if entries and len(entries) == 1 else None
        return f"{kind}/{found}" if found else None


def resolve_identities(
    identities: BundleIdentities, bundle: IncomingBundle
) -> list[tuple[Incoming, BundleRefused]]:
    """Look up everything that a bundle brings, and enter the patients whom nobody knows yet.

    Returns the resources that are refused: a patient is not who the register says, or a resource has changed its type.
    """
    session = identities.session
    source_identities = [each.identity for each in (*bundle.resources, *bundle.beside)]
    known = known_entries(session, source_identities, every_version=identities.history)
    listed = listed_resources(session, source_identities)
    refused = []
    # Whom the others tell of is known first: what they mean by an identifier is looked for in that record.
    for incoming in sorted(bundle.resources, key=lambda each: each.condition is not None):
        try:
            identity = _identity_of(identities, incoming, known, listed)
        except BundleRefused as refusal:
            refused.append((incoming, refusal))
            continue
        identities.by_identity[incoming.identity] = identity
        identities.learn(incoming, identity.own_id)
        if incoming.resource_type == "Patient":
            identities.cared_for.add(identity.own_id)
    for incoming in bundle.beside:
        if own_id := _stored_before(session, incoming, known, listed):
            identities.learn(incoming, own_id)
    return refused


def _stored_before(session: ActorSession, incoming: Incoming, known: Known, listed: Listed) -> UUID | None:
    if incoming.resource_type == "Patient":
        return _patient_called(session, incoming.source_system, incoming.source_identifier)
    if incoming.resource_type in DIRECTORY_TYPES:
        return listed[incoming.identity].resource_id if incoming.identity in listed else None
    return known[incoming.identity].entry_id if incoming.identity in known else None


def _patient_called(session: ActorSession, system: str, identifier: str) -> UUID | None:
    """The patient whom a sender calls so: entered by it, or known before it told of them."""
    known = known_patient(session, system=system, value=identifier)
    return known or patient_by_source_identifier(session, system, identifier)


def _identity_of(
    identities: BundleIdentities, incoming: Incoming, known: Known, listed: Listed
) -> ResourceIdentity:
    if incoming.resource_type in DIRECTORY_TYPES:
        return _directory_identity_of(identities.session, incoming, listed)
    if incoming.resource_type == "Patient":
        return _patient_identity_of(identities, incoming, known)
    entry = known.get(incoming.identity) or _meant(identities, incoming)
    identity = _with(incoming, entry or KnownEntry(new_id(), incoming.resource_type))
    return replace(identity, left_as_it_is=bool(entry and _only_creates(incoming)))


def _patient_identity_of(identities: BundleIdentities, incoming: Incoming, known: Known) -> ResourceIdentity:
    session, condition = identities.session, incoming.condition
    registered = condition and known_patient(
        session, system=condition.system, value=normal_identifier(condition.system, condition.value)
    )
    entry = known.get(incoming.identity) or KnownEntry(new_id(), incoming.resource_type)
    identity = _with(incoming, entry)
    # Also who is there already must be the one whom the bundle tells of.
    own_id = patient_for(session, incoming, registered=identities.registered)
    return replace(identity, own_id=own_id, left_as_it_is=bool(registered and _only_creates(incoming)))


def _with(incoming: Incoming, entry: KnownEntry) -> ResourceIdentity:
    _require_same_type(incoming, entry.resource_type)
    return ResourceIdentity(
        incoming,
        own_id=entry.entry_id,
        entry_id=entry.entry_id,
        number=entry.number,
        content_sha256=entry.content_sha256,
        patient_id=entry.patient_id,
        known_digests=entry.digests,
    )


def _only_creates(incoming: Incoming) -> bool:
    return incoming.condition is not None and incoming.condition.create_only


def _meant(identities: BundleIdentities, incoming: Incoming) -> KnownEntry | None:
    """The entry that a condition means among those which came without one, in the record of the same patient."""
    patient_id = identities.patient_told_of(incoming)
    if incoming.condition is None or patient_id is None:
        return None
    found = entries_with_identifier(
        identities.session,
        patient_id,
        incoming.resource_type,
        system=incoming.condition.system,
        value=incoming.condition.value,
    )
    if len(found) > 1:
        raise BundleRefused(
            incoming.where.removesuffix(".resource") + ".request", "may mean several entries of the record"
        )
    return found[0] if found else None


def _directory_identity_of(session: ActorSession, incoming: Incoming, listed: Listed) -> ResourceIdentity:
    condition = incoming.condition
    there = listed.get(incoming.identity)
    if there is None and condition:
        meant = listed_resource_with(
            session, incoming.resource_type, system=condition.system, value=condition.value
        )
        there = ListedResource(meant, incoming.resource_type) if meant else None
    resource = there or ListedResource(new_id(), incoming.resource_type)
    _require_same_type(incoming, resource.resource_type)
    return ResourceIdentity(
        incoming,
        own_id=resource.resource_id,
        entry_id=resource.resource_id,
        known_digests=resource.digests,
        left_as_it_is=bool(there and _only_creates(incoming)),
    )


def _require_same_type(incoming: Incoming, known_kind: str) -> None:
    if known_kind != incoming.resource_type:
        raise BundleRefused(incoming.where, f"was a {known_kind} when it came last time")


def names_of(incoming: Incoming) -> Iterable[str]:
    """Every way in which other resources of the bundle may write a reference to this one."""
    if incoming.full_url:
        yield incoming.full_url
    if identifier := incoming.resource.get("id"):
        yield f"{incoming.resource_type}/{identifier}"
    if "/" in incoming.source_identifier:
        yield incoming.source_identifier
    for system, value in identifiers_in(incoming.resource):
        yield conditional_reference(incoming.resource_type, system, value)


def _in_its_system(written: str, system: str) -> Written:
    """Two servers of one bundle may both have a Patient/1 (FHIR R4, Bundle, "Resolving references in Bundles")."""
    address = literal(written)
    named_in_full = "?identifier=" in written or address is None or address[0] is not None
    return ("" if named_in_full else system, written)
