"""Taking in a checked bundle: all of it or nothing, or each resource for itself, as its type says."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from emr.fhir_import.actions.parts import Imported, PartImport
from emr.fhir_import.actions.resource_resolution import BundleIdentities, resolve_identities
from emr.fhir_import.validation.bundles import IncomingBundle
from emr.fhir_import.validation.refusals import BundleRefused, Told
from emr.summaries.actions import rebuild_patients
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.outbox import announce
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis

LATE = {"Binary": 1, "Provenance": 2}


def import_bundle(
    session: ActorSession, bundle: IncomingBundle, *, facility_id: UUID | None = None
) -> Imported:
    """Store what is new or changed; the same bundle again changes nothing.

    Args:
        facility_id: the facility that cares for the bundle's patients from now on, so that its doctors see them.

    Raises:
        BundleRefused: a reference leads nowhere, or a patient or resource is not who the bundle says, in a bundle
            whose resources belong together.
    """
    at = now()
    imported = Imported(refused=list(bundle.refused), skipped=list(bundle.skipped))
    changed: set[UUID] = set()
    patients: set[UUID] = set()
    # Of a history older versions than ours may come, which are known for all that.
    history = bundle.history
    for each in bundle.rounds():
        part, refused = _taken(session, each, at, history=history)
        imported.add(part.imported)
        imported.refused += refused
        changed |= part.changed_patients
        patients |= part.identities.patients
    _tell_of(session, changed, at)
    if facility_id:
        for patient_id in sorted(patients):
            begin_care(session, patient_id=patient_id, facility_id=facility_id, basis=CareBasis.IMPORT)
    return imported


def _taken(
    session: ActorSession, bundle: IncomingBundle, at: datetime, *, history: bool
) -> tuple[PartImport, list[Told]]:
    """Resources that come once each, stored; and those of independent ones that were refused.

    What is refused may be what others refer to: without it everything is looked at anew, until nothing more is refused.
    """
    all_refused: list[Told] = []
    while True:
        identities = BundleIdentities(session, history=history)
        refused: dict[str, Told] = {}
        with session.begin_nested() as attempt:
            part = _attempt(identities, bundle, at, refused)
            if refused:
                attempt.rollback()
            else:
                part.store()
                return part, all_refused
        all_refused += refused.values()
        left = tuple(each for each in bundle.resources if each.where not in refused)
        bundle = replace(bundle, resources=left)


def _attempt(
    identities: BundleIdentities, bundle: IncomingBundle, at: datetime, refused: dict[str, Told]
) -> PartImport:
    for incoming, refusal in resolve_identities(identities, bundle):
        _note(bundle, incoming.where, refusal, refused)
    part = PartImport(identities, at=at)
    # What is attached to other entries, or speaks about them, comes after them.
    for incoming in sorted(bundle.resources, key=lambda each: LATE.get(each.resource_type, 0)):
        if incoming.where in refused:
            continue
        try:
            part.add(incoming)
        except BundleRefused as refusal:
            _note(bundle, incoming.where, refusal, refused)
    return part


def _note(bundle: IncomingBundle, where: str, refusal: BundleRefused, refused: dict[str, Told]) -> None:
    if not bundle.independent:
        raise refusal
    refused[where] = refusal.told


def _tell_of(session: ActorSession, changed: Iterable[UUID], at: datetime) -> None:
    """Draw the lines of the records that changed, and say that they did."""
    patient_ids = sorted(changed)
    if not patient_ids:
        return
    rebuild_patients(session, patient_ids)
    audit.record_many(
        session,
        act="record.imported",
        object_kind="patient",
        done_to=[(patient_id, patient_id) for patient_id in patient_ids],
    )
    for patient_id in patient_ids:
        # One message however many entries: what was sent is read in the record.
        announce(
            session,
            "record.imported",
            {"patient_id": str(patient_id), "object_id": str(patient_id), "at": at.isoformat()},
        )
