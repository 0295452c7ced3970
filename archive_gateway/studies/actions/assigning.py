"""Giving a study to a patient: from then on the patient, and those who care for them, see it."""

from enum import StrEnum
from uuid import UUID

from sqlalchemy import update

from archive_gateway.studies.queries.stored import study_to_change
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series, SeriesMetadata
from archive_gateway.studies.tables.studies import Study, StudyAssignment
from foundation import audit
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.outbox import announce


class AssignmentBasis(StrEnum):
    """On what ground a study belongs to a patient."""

    IDENTIFIER = "identifier"
    NAMED_BY_OPERATOR = "named by operator"


def assign_study(session: ActorSession, study_instance_uid: str, *, patient_id: UUID) -> Study:
    """Give a study to a patient, whoever had it before.

    Raises:
        NotFound: no such study.
    """
    study = study_to_change(session, study_instance_uid)
    if study.patient_id != patient_id:
        assign_owner(session, study, patient_id, basis=AssignmentBasis.NAMED_BY_OPERATOR)
    return study


def assign_owner(session: ActorSession, study: Study, patient_id: UUID, *, basis: AssignmentBasis) -> None:
    """Write the owner on the study and everything below it, with the ground, and announce the arrival."""
    study.patient_id = patient_id
    session.add(StudyAssignment(id=new_id(), study_id=study.id, patient_id=patient_id, basis=basis.value))
    session.flush()
    for table in (Series, Instance, SeriesMetadata):
        session.execute(
            update(table)
            .where(table.study_instance_uid == study.study_instance_uid)
            .values(patient_id=patient_id)
            .execution_options(synchronize_session=False)
        )
    audit.record(
        session, act="study.assigned", patient_id=patient_id, object_kind="study", object_id=study.id
    )
    announce(session, "study.arrived", {"patient_id": str(patient_id), "object_id": str(study.id)})
