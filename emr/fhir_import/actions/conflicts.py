"""What a sender tells of a patient otherwise than the register does waits for a person, and is taken in when they say so."""

from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from emr.fhir_import.enumerations import ConflictDecision, ConflictKind
from emr.fhir_import.queries.conflicts import (
    DECIDED_ALREADY,
    OpenConflict,
    is_raised_already,
    open_conflicts,
    open_questions_whether_provisional,
)
from emr.fhir_import.tables import ImportConflict, ImportConflictDecision
from emr.fhir_import.validation.bundles import Incoming, IncomingBundle
from emr.fhir_import.validation.conditions import Condition
from emr.fhir_import.validation.refusals import PatientConflict
from foundation import audit
from foundation.canonical_json import digest_of
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput, RuleBroken
from identity.patients.queries.patients import PatientCard
from identity.people.enumerations import Birth, PersonName


@dataclass(frozen=True, slots=True)
class Decided:
    """What somebody decides: who the patient is, where that is not as told, why, and who says so."""

    decision: ConflictDecision
    reason: str
    by: str
    name: PersonName | None = None
    birth: Birth | None = None


def raise_conflict(
    session: ActorSession,
    conflict: PatientConflict,
    bundle: IncomingBundle,
    *,
    facility_id: UUID | None,
) -> None:
    """Have the resources of a bundle wait; the same again waits once, also after it was decided."""
    held = {"independent": bundle.independent, "resources": [_held(each) for each in bundle.resources]}
    digest = digest_of({"told": conflict.told_of_person, **held})
    if is_raised_already(session, conflict.patient_id, conflict.kind, digest):
        return
    made = ImportConflict(
        patient_id=conflict.patient_id,
        kind=conflict.kind,
        source_system=bundle.resources[0].source_system if bundle.resources else "",
        told=conflict.told_of_person,
        held=held,
        facility_id=facility_id,
        content_sha256=digest,
    )
    session.add(made)
    session.flush()
    _audit(session, made, "patient.conflict_raised")


def list_open_conflicts(session: ActorSession) -> list[OpenConflict]:
    """What nobody has decided yet; that it was looked at stands in the access log of each patient."""
    found = open_conflicts(session)
    audit.record_many(
        session,
        act="patient.conflict_listed",
        object_kind="import_conflict",
        done_to=[(each.patient_id, each.id) for each in found],
    )
    return found


def note_decision(session: ActorSession, conflict: ImportConflict, decided: Decided) -> None:
    """Keep what was decided.

    Raises:
        BadInput: there is no reason; or a provisional patient is rejected, who can only be confirmed.
        RuleBroken: somebody else has decided at the same moment.
    """
    if not decided.reason.strip():
        raise BadInput("Give the reason: it stays with the decision.")
    if conflict.kind is ConflictKind.PROVISIONAL and decided.decision is ConflictDecision.REJECTED:
        raise BadInput("A provisional patient is in the register already, and can only be confirmed.")
    noted = session.scalar(
        insert(ImportConflictDecision)
        .values(
            conflict_id=conflict.id,
            patient_id=conflict.patient_id,
            decision=decided.decision,
            reason=decided.reason.strip(),
            decided_by=decided.by,
        )
        .on_conflict_do_nothing()
        .returning(ImportConflictDecision.conflict_id)
    )
    if noted is None:
        raise RuleBroken(DECIDED_ALREADY)
    _audit(session, conflict, "patient.conflict_decided")


def note_confirmed(session: ActorSession, patient_id: UUID, *, reason: str, by: str) -> None:
    """Who is confirmed is asked about no more: whatever still asks for it is answered by that.

    Raises:
        RuleBroken: somebody else has decided one of them at the same moment.
    """
    answer = Decided(ConflictDecision.ACCEPTED, reason, by)
    for question in open_questions_whether_provisional(session, patient_id):
        note_decision(session, question, answer)


def person_as_decided(
    conflict: ImportConflict, known: PatientCard, decided: Decided
) -> tuple[PersonName, Birth]:
    """Who the patient is from now on: as decided, else what the conflict is about as told, and the rest as known."""
    told = conflict.told
    name = PersonName(known.family_name, known.given_name, known.middle_name)
    birth = known.birth
    if conflict.kind is ConflictKind.NAME:
        name = PersonName(told["family"], told["given"], told["middle"])
    elif conflict.kind is ConflictKind.BIRTH_DATE:
        birth = Birth.read(told["birth"]) if told["birth"] else Birth.unknown()
    return decided.name or name, decided.birth or birth


def held_bundle(conflict: ImportConflict) -> IncomingBundle:
    """What waited, as it came."""
    return IncomingBundle(
        tuple(_incoming(each) for each in conflict.held["resources"]),
        independent=conflict.held["independent"],
    )


def _held(incoming: Incoming) -> dict[str, Any]:
    return {
        "where": incoming.where,
        "resource": incoming.resource,
        "full_url": incoming.full_url,
        "source_system": incoming.source_system,
        "source_identifier": incoming.source_identifier,
        "condition": asdict(incoming.condition) if incoming.condition else None,
    }


def _incoming(held: dict[str, Any]) -> Incoming:
    condition = held["condition"]
    return Incoming(**{**held, "condition": Condition(**condition) if condition else None})


def _audit(session: ActorSession, conflict: ImportConflict, act: str) -> None:
    audit.record(
        session,
        act=act,
        patient_id=conflict.patient_id,
        object_kind="import_conflict",
        object_id=conflict.id,
    )
