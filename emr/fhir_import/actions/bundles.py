"""Taking in a checked bundle: all of it or nothing, or each resource for itself, as its type says."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from emr.fhir_import.actions.conflicts import raise_conflict
from emr.fhir_import.actions.parts import Imported, PartImport
from emr.fhir_import.actions.resource_resolution import BundleIdentities, names_of, resolve_identities
from emr.fhir_import.queries.known import patients_with_medicines
from emr.fhir_import.validation.bundles import Incoming, IncomingBundle
from emr.fhir_import.validation.references import subject_reference, without_history
from emr.fhir_import.validation.refusals import BundleRefused, PatientConflict, Told
from emr.summaries.actions import rebuild_patients
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.outbox import announce
from identity.access.actions import begin_care
from identity.access.enumerations import CareBasis

WAITS_WITH_PATIENT = "waits with its patient for a person to decide (list-conflicts)"
LATE = {"Binary": 1, "Provenance": 2}
# A common medicine stands in thousands of records.
DRAWN_AT_ONCE = 100


def import_bundle(
    session: ActorSession, bundle: IncomingBundle, *, facility_id: UUID | None = None
) -> Imported:
    """Store what is new or changed; the same bundle again changes nothing.

    Args:
        facility_id: the facility that cares from now on for the patients of whom the bundle tells, so that its doctors
            see them; whoever is merely named in it is not meant.

    Raises:
        BundleRefused: a reference leads nowhere, or a patient or resource is not who the bundle says, in a bundle
            whose resources belong together.
    """
    at = now()
    imported = Imported(refused=list(bundle.refused), skipped=list(bundle.skipped))
    changed: set[UUID] = set()
    medicines: set[str] = set()
    # Of a history older versions than ours may come, which are known for all that.
    known = BundleIdentities(session, history=bundle.history)
    for each in bundle.rounds():
        part, refusals = _taken(known, each, at)
        imported.add(part.imported)
        for refused in refusals:
            imported.refused += refused.told.values()
            for conflict, waiting in refused.conflicts:
                raise_conflict(session, conflict, waiting, facility_id=facility_id)
        changed |= part.changed_patients
        medicines |= part.changed_medicines
        known = part.identities
    _tell_of(session, changed, at)
    _draw_anew(session, patients_with_medicines(session, medicines) - changed)
    if facility_id:
        for patient_id in sorted(known.cared_for):
            begin_care(session, patient_id=patient_id, facility_id=facility_id, basis=CareBasis.IMPORT)
    return imported


@dataclass
class _Refusals:
    """What one attempt refused of independent resources, by place; and what waits for a person to decide."""

    bundle: IncomingBundle
    told: dict[str, Told] = field(default_factory=dict)
    conflicts: list[tuple[PatientConflict, IncomingBundle]] = field(default_factory=list)

    def note(self, incoming: Incoming, refusal: BundleRefused) -> None:
        """Raises the refusal itself where the resources belong together."""
        if not self.bundle.independent:
            raise refusal
        self.told[incoming.where] = refusal.told
        if isinstance(refusal, PatientConflict):
            called = set(names_of(incoming))
            whose = [
                each
                for each in self.bundle.resources
                if without_history(subject_reference(each.resource)) in called
                and each.source_system == incoming.source_system
            ]
            self.told |= {each.where: Told(each.where, WAITS_WITH_PATIENT) for each in whose}
            self.conflicts.append((refusal, IncomingBundle((incoming, *whose), independent=True)))


def _taken(
    known: BundleIdentities, bundle: IncomingBundle, at: datetime
) -> tuple[PartImport, list[_Refusals]]:
    """Resources that come once each, stored; and what was refused of independent ones.

    What is refused may be what others refer to: without it everything is looked at anew, until nothing more is refused.
    """
    refusals: list[_Refusals] = []
    while True:
        refused = _Refusals(bundle)
        with known.session.begin_nested() as attempt:
            part = _attempt(known.anew(), bundle, at, refused)
            if refused.told:
                attempt.rollback()
            else:
                part.store()
                return part, refusals
        refusals.append(refused)
        left = tuple(each for each in bundle.resources if each.where not in refused.told)
        bundle = replace(bundle, resources=left)


def _attempt(
    identities: BundleIdentities, bundle: IncomingBundle, at: datetime, refused: _Refusals
) -> PartImport:
    for incoming, refusal in resolve_identities(identities, bundle):
        refused.note(incoming, refusal)
    part = PartImport(identities, at=at)
    # What is attached to other entries, or speaks about them, comes after them.
    for incoming in sorted(bundle.resources, key=lambda each: LATE.get(each.resource_type, 0)):
        if incoming.where in refused.told:
            continue
        try:
            part.add(incoming)
        except BundleRefused as refusal:
            refused.note(incoming, refusal)
    return part


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


def _draw_anew(session: ActorSession, patient_ids: Iterable[UUID]) -> None:
    """Draw the lines of records that nothing came to: a medicine that they name is told otherwise than before."""
    waiting = sorted(patient_ids)
    for first in range(0, len(waiting), DRAWN_AT_ONCE):
        rebuild_patients(session, waiting[first : first + DRAWN_AT_ONCE])
