"""Recording a death, and undoing it. What follows at once the database does; the rooms above hear of it by the outbox."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import JSONB

from foundation import audit
from foundation.clock import today
from foundation.database.transactions import ActorSession
from foundation.errors import Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from foundation.sealing import keyed_digest
from identity.deaths.enumerations import UndoingReason
from identity.deaths.queries import DeathsOfPatient, deaths_of_patient
from identity.deaths.rules import DeathDocument, require_possible
from identity.patients.queries.patients import patient_card

RECORDED, UNDONE = "death.recorded", "death.undone"


def open_deaths(session: ActorSession, patient_id: UUID) -> DeathsOfPatient:
    """What is recorded of a patient's death. Raises NotFound."""
    found = deaths_of_patient(session, patient_id)
    audit.record(
        session, act="patient.opened", patient_id=patient_id, object_kind="patient", object_id=patient_id
    )
    return found


def record_death(session: ActorSession, patient_id: UUID, *, died_on: date, seen: DeathDocument) -> UUID:
    """From now on nobody signs in as the patient, and no right to act for them or of theirs to act for others lives.

    Returns:
        The patient.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        RuleBroken: the day has not come, or is before the patient's birth.
        Stale: a death is recorded already.
    """
    require_possible(died_on, patient_card(session, patient_id).birth, today=today())
    death_id = new_id()
    evidence = keyed_digest(seen.evidence(death_id)).hex()
    # A definer function: sessions and rights are other people's rows (docs/decisions/0020-deaths.md).
    ended = session.scalars(
        func.identity.record_death(death_id, patient_id, died_on, seen.kind.value, evidence, type_=JSONB())
    ).one()
    if ended is None:
        raise Stale("Somebody has recorded this death meanwhile.")
    _tell(session, RECORDED, patient_id, death_id)
    _record_rights(session, "delegation.ended", ended)
    return patient_id


def undo_death(session: ActorSession, patient_id: UUID, death_id: UUID, *, reason: UndoingReason) -> UUID:
    """It was an error: the patient signs in again, and the rights come back that ended by it and would live still.

    Returns:
        The patient.

    Raises:
        NotFound: the patient is not one whom the actor may know.
        Stale: it does not stand any more.
    """
    standing = deaths_of_patient(session, patient_id).standing
    restored = None
    if standing is not None and standing.id == death_id:
        restored = session.scalars(func.identity.undo_death(death_id, reason.value, type_=JSONB())).one()
    if restored is None:
        raise Stale("This death was undone meanwhile.")
    _tell(session, UNDONE, patient_id, death_id)
    _record_rights(session, "delegation.entered", restored)
    return patient_id


def _tell(session: ActorSession, act: str, patient_id: UUID, death_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="death", object_id=death_id)
    announce(session, act, {"patient_id": str(patient_id), "object_id": str(death_id)})


def _record_rights(session: ActorSession, act: str, rights: Any) -> None:
    """In the list of accesses of whom each right is to be acted for."""
    for represented, delegation_id in rights:
        audit.record(
            session,
            act=act,
            patient_id=UUID(represented),
            object_kind="delegation",
            object_id=UUID(delegation_id),
        )
