"""A person's whole record as FHIR resources: what was signed, who answers for it, and everything that it refers to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from emr.content.rules.references import DIRECTORY_TYPES, relative_references_in
from emr.directory.queries import directory_resources
from emr.exports.rules.people import (
    merged_patient,
    organization_resource,
    patient_resource,
    practitioner_resource,
    practitioner_role_resource,
)
from emr.exports.rules.provenance import provenance_of_import, provenance_of_signature
from emr.exports.rules.stored import attested, closed, exported, named_patients, of_patient
from emr.summaries.queries.lines import StoredResource, signed_resources_of
from foundation.clock import now
from foundation.database.transactions import ActorSession
from identity.facilities.queries import facility_cards
from identity.merges.queries import records_joined_into
from identity.patients.queries.patients import PatientCard, patient_card
from identity.staff.queries import posts_held, staff_cards

Resource = dict[str, Any]
# With the system that sent it, where its own identifiers mean something; "" for ours.
Sent = tuple[Resource, str]


def patient_in_fhir(session: ActorSession, patient_id: UUID) -> Resource:
    """The one patient, by the register and by every sender. Raises NotFound: absent, or not the reader's to know."""
    card = patient_card(session, patient_id)
    sent = [each for each in _stored(session, patient_id, resource_type="Patient") if _is_self(each)]
    patient = _patient(card, sent)
    named = _named_in(session, [patient])
    return closed(patient, held={_reference(each) for each, _system in named})


def record_in_fhir(
    session: ActorSession,
    patient_id: UUID,
    *,
    types: Collection[str] = (),
    since: datetime | None = None,
    without_labels: bool = False,
) -> list[Resource]:
    """The patient first, then everything signed, what it refers to, and who answers for it.

    Args:
        types: only resources of these types; none for all.
        since: only what was written down here at that moment or later.
        without_labels: only entries that bear no label.

    Raises:
        NotFound: no such patient, or not the reader's to know.
    """
    card = patient_card(session, patient_id)
    stored = _stored(session, patient_id, without_labels=without_labels)
    patient = _patient(card, [each for each in stored if _is_self(each)])
    new = [each for each in stored if since is None or each.recorded_at >= since]
    entries = [(_exported(each), each.source_system) for each in new if not _is_self(each)]
    provenances = [*_signed(new), *_imported(new)]
    named = _named_in(session, [patient, *(each for each, _system in entries), *provenances])
    named += _posts(session, new)
    leaving: list[Sent] = [(patient, ""), *entries, *named]
    held = {_target(each) for each in stored} | {_reference(each) for each, _system in leaving}
    resources = [closed(each, held=held, source_system=system) for each, system in leaving] + provenances
    return [each for each in resources if not types or each["resourceType"] in types]


def _stored(
    session: ActorSession, patient_id: UUID, *, resource_type: str = "", without_labels: bool = False
) -> list[StoredResource]:
    """What was signed, naming the patient as they are called today: a record may have been another one's when it was written."""
    signed = signed_resources_of(
        session, patient_id, resource_type=resource_type, without_labels=without_labels
    )
    stored = list(signed)
    if all(named_patients(each.content) <= {f"Patient/{patient_id}"} for each in stored):
        return stored
    named = {f"Patient/{each}" for each in records_joined_into(session, patient_id)}
    return [replace(each, content=of_patient(each.content, patient_id, also_named=named)) for each in stored]


def _is_self(stored: StoredResource) -> bool:
    """Whether it is what a sender says of the patient; a record holds one such entry for each sender."""
    return stored.resource_type == "Patient" and stored.content["id"] == str(stored.patient_id)


def _patient(card: PatientCard, sent: Iterable[StoredResource]) -> Resource:
    registered = patient_resource(
        patient_id=card.id,
        family_name=card.family_name,
        given_names=[name for name in (card.given_name, card.middle_name) if name],
        birth=card.birth,
        sex=str(card.sex.value),
    )
    return merged_patient(registered, [(each.content, each.recorded_at) for each in sent])


def _exported(stored: StoredResource) -> Resource:
    made = exported(stored.content, recorded_at=stored.recorded_at, number=stored.number)
    if stored.signer_id and stored.resource_type == "Composition":
        return attested(made, signer_id=stored.signer_id, signed_at=stored.signed_at)
    return made


def _signed(stored: Iterable[StoredResource]) -> list[Resource]:
    return [
        provenance_of_signature(
            signature_id=each.signature_id,
            target=_target(each),
            signer_id=each.signer_id,
            facility_id=each.facility_id,
            signed_at=each.signed_at,
            reason=each.reason,
        )
        for each in stored
        if each.signer_id
    ]


def _imported(stored: Iterable[StoredResource]) -> list[Resource]:
    """What came from one sender at one moment is one import."""
    imports: dict[tuple[str, datetime], list[StoredResource]] = defaultdict(list)
    for each in stored:
        if each.signer_id is None:
            imports[each.source_system, each.recorded_at].append(each)
    return [
        provenance_of_import(
            signature_id=min(each.signature_id for each in sent),
            targets=list(dict.fromkeys(map(_target, sent))),
            source_system=system,
            recorded_at=recorded_at,
        )
        for (system, recorded_at), sent in imports.items()
    ]


def _named_in(session: ActorSession, resources: Iterable[Mapping[str, Any]]) -> list[Sent]:
    """What the resources refer to, and what that refers to: of the directory, of our staff, of our facilities."""
    found: list[Sent] = []
    every: set[tuple[str, UUID]] = set()
    new = _references_in(resources)
    while new:
        every |= new
        listed = directory_resources(session, {identifier for _type, identifier in new})
        found += [
            (exported(each.content, recorded_at=each.recorded_at), each.source_system) for each in listed
        ]
        new = _references_in(each.content for each in listed) - every
    listed_here = {UUID(each["id"]) for each, _system in found}
    own = {(name, identifier) for name, identifier in every if identifier not in listed_here}
    return [*found, *_own(session, own)]


def _references_in(resources: Iterable[Mapping[str, Any]]) -> set[tuple[str, UUID]]:
    return {
        found for each in resources for found in relative_references_in(each) if found[0] in DIRECTORY_TYPES
    }


def _own(session: ActorSession, references: Iterable[tuple[str, UUID]]) -> list[Sent]:
    """Our staff and our facilities among these."""
    staff = staff_cards(session, [identifier for name, identifier in references if name == "Practitioner"])
    facilities = facility_cards(
        session, [identifier for name, identifier in references if name == "Organization"]
    )
    people = [
        practitioner_resource(staff_id=each.id, full_name=each.full_name, position=each.position)
        for each in staff.values()
    ]
    places = [
        organization_resource(facility_id=each.id, code=each.code, name=each.name)
        for each in facilities.values()
    ]
    return [(each, "") for each in [*people, *places]]


def _posts(session: ActorSession, stored: Iterable[StoredResource]) -> list[Sent]:
    """What our staff were at the facilities where they signed."""
    signed = {(each.signer_id, each.facility_id) for each in stored if each.signer_id and each.facility_id}
    posts = posts_held(session, signed)
    staff = staff_cards(session, [each.staff_id for each in posts])
    return [
        (practitioner_role_resource(each, position=staff[each.staff_id].position, at=now()), "")
        for each in posts
    ]


def _target(stored: StoredResource) -> str:
    """What the references of other resources call it: a patient by the register's identifier."""
    return f"{stored.resource_type}/{stored.content['id']}"


def _reference(resource: Mapping[str, Any]) -> str:
    return f"{resource['resourceType']}/{resource['id']}"
