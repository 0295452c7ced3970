"""A conflict decided: the register follows, and what waited is taken in, or nothing of it."""

from uuid import UUID

from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.actions.conflicts import (
    Decided,
    held_bundle,
    note_confirmed,
    note_decision,
    person_as_decided,
)
from emr.fhir_import.actions.parts import Imported
from emr.fhir_import.enumerations import ConflictDecision
from emr.fhir_import.queries.conflicts import undecided_conflict
from emr.summaries.actions import rebuild_patients
from foundation.database.transactions import ActorSession
from identity.patients.actions import confirm_patient
from identity.patients.queries.patients import patient_card


def decide_conflict(session: ActorSession, conflict_id: UUID, decided: Decided) -> Imported:
    """Do as a person decided.

    Raises:
        NotFound, RuleBroken: there is no such conflict, or it is decided.
        BadInput: the decision lacks something.
        BundleRefused: what waited cannot be taken in.
    """
    conflict = undecided_conflict(session, conflict_id)
    note_decision(session, conflict, decided)
    if decided.decision is ConflictDecision.REJECTED:
        return Imported()
    name, birth = person_as_decided(conflict, patient_card(session, conflict.patient_id), decided)
    confirm_patient(session, conflict.patient_id, name=name, birth=birth)
    note_confirmed(session, conflict.patient_id, reason=decided.reason, by=decided.by)
    imported = import_bundle(session, held_bundle(conflict), facility_id=conflict.facility_id)
    # Ranges are chosen by age, so that lines which were there before may read otherwise now.
    rebuild_patients(session, [conflict.patient_id])
    return imported
