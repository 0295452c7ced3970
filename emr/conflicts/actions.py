"""A registrar answers a conflict; what they answered is carried out by the worker, with the loader's rights, and noted."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from emr.conflicts.enumerations import Choice
from emr.conflicts.queries import (
    ConflictCard,
    ConflictsAtDesk,
    answer_to_carry_out,
    conflict_card,
    conflicts_at_desk,
)
from emr.conflicts.rules import Answer, decision_for, require_answerable
from emr.conflicts.tables import ConflictAnswer, ConflictOutcome
from emr.fhir_import.actions.conflicts import Decided
from emr.fhir_import.actions.deciding import decide_conflict
from emr.fhir_import.actions.parts import Imported
from emr.fhir_import.validation.refusals import BundleRefused
from foundation import audit, logs
from foundation.database.transactions import ActorSession
from foundation.errors import Refusal
from foundation.identifiers import new_id
from foundation.outbox import announce
from identity.people.enumerations import Birth, PersonName

ANSWERED = "conflict.answered"
REFUSED = "What waits does not pass the checks of the import. The operator finds in the log why."
LoaderTransaction = Callable[[], AbstractContextManager[ActorSession]]


def list_conflicts_at_desk(session: ActorSession) -> ConflictsAtDesk:
    """What waits for the registrar; that it was looked at stands in the access log of each patient."""
    found = conflicts_at_desk(session)
    audit.record_listed(
        session,
        act="patient.conflict_listed",
        object_kind="import_conflict",
        shown=[(each.patient.id, each.id) for each in (*found.waiting, *found.decided)],
    )
    return found


def open_conflict(session: ActorSession, conflict_id: UUID) -> ConflictCard:
    """One, with both sides. Raises NotFound."""
    found = conflict_card(session, conflict_id)
    _record(session, "patient.conflict_listed", found.patient.id, conflict_id)
    return found


def answer_conflict(session: ActorSession, conflict_id: UUID, answer: Answer) -> UUID:
    """Keep what the registrar says; it is carried out a moment later.

    Returns:
        The conflict.

    Raises:
        NotFound: there is no such conflict in the actor's care.
        Stale, RuleBroken: it is decided, or another answer waits.
        BadInput: such a conflict has no such answer.
    """
    conflict = conflict_card(session, conflict_id)
    require_answerable(conflict.kind, answer.choice, decided=conflict.decided, pending=conflict.pending)
    answer_id, patient_id = new_id(), conflict.patient.id
    name = answer.name or PersonName("", "")
    session.connection().execute(
        insert(ConflictAnswer).inline(),
        {
            "id": answer_id,
            "conflict_id": conflict_id,
            "patient_id": patient_id,
            "choice": answer.choice,
            "family_name": name.family,
            "given_name": name.given,
            "middle_name": name.middle,
            "birth": str(answer.birth or ""),
            "reason": answer.reason.strip(),
            "staff_id": session.actor.staff_id,
            "facility_id": session.actor.facility_id,
        },
    )
    _record(session, "patient.conflict_answered", patient_id, conflict_id)
    announce(session, ANSWERED, {"patient_id": str(patient_id), "object_id": str(answer_id)})
    return conflict_id


def carry_out_answer(as_loader: LoaderTransaction, payload: Mapping[str, Any]) -> None:
    """Decide the conflict as was answered; heard twice, it is done once.

    What cannot be done leaves everything as it was, and why is noted for whoever answered. It takes the loader's own transactions,
    for the worker may change neither the register nor a record.
    """
    answer_id = UUID(payload["object_id"])
    try:
        with as_loader() as session:
            answer = answer_to_carry_out(session, answer_id)
            if answer is None:
                return
            imported = decide_conflict(session, answer.conflict_id, _decided(answer))
            _note(session, answer_id, payload, imported=imported)
    except BundleRefused as refusal:
        logs.event("conflict.refused", object=answer_id, where=refusal.where, fault=refusal.why)
        with as_loader() as session:
            _note(session, answer_id, payload, why=REFUSED)
    except Refusal as refusal:
        with as_loader() as session:
            _note(session, answer_id, payload, why=refusal.sentence)


def _decided(answer: ConflictAnswer) -> Decided:
    confirmed = answer.choice is Choice.CONFIRMED
    return Decided(
        decision_for(answer.choice),
        answer.reason,
        str(answer.staff_id),
        PersonName(answer.family_name, answer.given_name, answer.middle_name) if confirmed else None,
        Birth.read(answer.birth) if confirmed else None,
    )


def _note(
    session: ActorSession,
    answer_id: UUID,
    payload: Mapping[str, Any],
    *,
    imported: Imported | None = None,
    why: str = "",
) -> None:
    session.connection().execute(
        insert(ConflictOutcome).on_conflict_do_nothing(),
        {
            "answer_id": answer_id,
            "patient_id": UUID(payload["patient_id"]),
            "carried_out": imported is not None,
            "stored": _entries(imported) if imported else 0,
            "refused": len(imported.refused) if imported else 0,
            "why": why,
        },
    )


def _entries(imported: Imported) -> int:
    """How many were taken in beside whom they are about."""
    return sum(count for kind, count in imported.stored.items() if kind != "Patient")


def _record(session: ActorSession, act: str, patient_id: UUID, conflict_id: UUID) -> None:
    audit.record(
        session, act=act, patient_id=patient_id, object_kind="import_conflict", object_id=conflict_id
    )
