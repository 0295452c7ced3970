"""What waits for a person to decide."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import exists, func, select

from emr.fhir_import.enumerations import ConflictKind
from emr.fhir_import.tables import ImportConflict, ImportConflictDecision
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from identity.patients.queries.patients import PatientName, patient_name_rows, patient_names_from

DECIDED_ALREADY = "This conflict is decided already."
DECIDED = exists().where(ImportConflictDecision.conflict_id == ImportConflict.id)


class OpenConflict(NamedTuple):
    """A conflict, with who the patient is by the register and by the sender; `resources` wait with it."""

    id: UUID
    patient_id: UUID
    kind: ConflictKind
    known: dict[str, str]
    told: dict[str, str]
    resources: int
    raised_at: datetime


def open_conflicts(session: ActorSession) -> list[OpenConflict]:
    """What nobody has decided yet, the oldest first."""
    rows = session.execute(
        select(
            ImportConflict.id,
            ImportConflict.patient_id,
            ImportConflict.kind,
            ImportConflict.told,
            func.jsonb_array_length(func.jsonb_extract_path(ImportConflict.held, "resources")).label("held"),
            ImportConflict.raised_at,
        )
        .where(~DECIDED)
        .order_by(ImportConflict.raised_at, ImportConflict.id)
    ).all()
    named = patient_names_from(session.execute(patient_name_rows(session, {row.patient_id for row in rows})))
    return [
        OpenConflict(
            row.id, row.patient_id, row.kind, _known(named[row.patient_id]), row.told, row.held, row.raised_at
        )
        for row in rows
    ]


def _known(patient: PatientName) -> dict[str, str]:
    return {
        "family": patient.family_name,
        "given": patient.given_name,
        "middle": patient.middle_name,
        "birth": str(patient.birth),
    }


def open_questions_whether_provisional(session: ActorSession, patient_id: UUID) -> list[ImportConflict]:
    """What asks a person to confirm who this patient is, and was not answered."""
    asked = select(ImportConflict).where(
        ImportConflict.patient_id == patient_id, ImportConflict.kind == ConflictKind.PROVISIONAL, ~DECIDED
    )
    return list(session.scalars(asked))


def undecided_conflict(session: ActorSession, conflict_id: UUID) -> ImportConflict:
    """A conflict that nobody has decided yet; it is not locked, so that somebody else may decide it first.

    Raises:
        NotFound: there is no such conflict.
        RuleBroken: somebody has decided it.
    """
    conflict = session.get(ImportConflict, conflict_id)
    if conflict is None:
        raise NotFound("There is no such conflict. list-conflicts tells which there are.")
    if session.get(ImportConflictDecision, conflict_id):
        raise RuleBroken(DECIDED_ALREADY)
    return conflict


def is_raised_already(
    session: ActorSession, patient_id: UUID, kind: ConflictKind, content_sha256: str
) -> bool:
    """Whether the same conflict was raised before, also where it was decided since."""
    raised = select(ImportConflict.id).where(
        ImportConflict.patient_id == patient_id,
        ImportConflict.kind == kind,
        ImportConflict.content_sha256 == content_sha256,
    )
    return session.scalar(select(raised.exists())) is True
