"""Raising a case about an access, and answering it."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.clock import today
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from portal.access_log.queries import AccessLog, access_to
from portal.objections.enumerations import CLOSED, ObjectionState
from portal.objections.queries import (
    ObjectionCard,
    Objections,
    objection,
    objection_about,
    own_objections,
    term_on,
    waiting_objections,
)
from portal.objections.rules import can_be_objected_to, due_on, require_answerable
from portal.objections.tables import BY_LAW, Objection, ObjectionStep, WaitingObjection

NO_ACCESS = "There is no such access."


def access_in_question(session: ActorSession, audit_event_id: int) -> AccessLog:
    """The one act on the reader's record that is asked about.

    Raises:
        NotFound: it is none, not on the reader's record, or not a person's.
    """
    audit.record(session, act="access_log.opened", patient_id=session.actor.patient_id)
    found = access_to(session, audit_event_id)
    if not found.acts or not can_be_objected_to(actor_kind=found.acts[0].actor_kind, role=found.acts[0].role):
        raise NotFound(NO_ACCESS)
    return found


def raise_objection(session: ActorSession, audit_event_id: int, *, words: str) -> UUID:
    """Ask the privacy officer about an act; asked again, it is the case that stands already."""
    log = access_in_question(session, audit_event_id)
    known = objection_about(session, audit_event_id)
    if known is not None:
        return known
    act, term, objection_id = log.acts[0], term_on(session, today()), new_id()
    due = due_on(today(), days=term.days)
    session.add(
        Objection(
            id=objection_id,
            patient_id=session.actor.patient_id,
            audit_event_id=audit_event_id,
            accessed_at=act.at,
            staff_id=act.staff_id,
            facility_id=act.facility_id,
            role=act.role,
            act=act.kept_act,
            reason=act.reason,
            care_bases=[
                *(each.value for each in log.care_behind([act])),
                *(f"{BY_LAW}{each.id}" for each in log.law_behind([act])),
                *(each.value for each in log.although_hidden([act])),
            ],
            words=words,
            due_on=due,
            basis_en=term.basis.en,
            basis_ru=term.basis.ru,
        )
    )
    session.flush()
    session.add(WaitingObjection(objection_id=objection_id, patient_id=session.actor.patient_id, due_on=due))
    _note(session, "objection.raised", session.actor.patient_id, objection_id)
    return objection_id


def open_own_objections(session: ActorSession) -> Objections:
    """The reader's own cases."""
    audit.record(session, act="objections.listed", patient_id=session.actor.patient_id)
    return own_objections(session)


def open_objection(session: ActorSession, objection_id: UUID) -> Objections:
    """One case, for whom it concerns. Raises NotFound."""
    found = objection(session, objection_id)
    _note(session, "objection.shown", found.cases[0].patient_id, objection_id)
    return found


def list_waiting_objections(session: ActorSession) -> Objections:
    """What the privacy officer has to answer."""
    found = waiting_objections(session)
    shown = [(each.patient_id, each.id) for each in found.cases]
    audit.record_listed(session, act="objections.listed", object_kind="objection", shown=shown)
    return found


def answer_objection(
    session: ActorSession, objection_id: UUID, *, state: ObjectionState, words: str, seen_steps: int
) -> UUID:
    """Tell the citizen in words what came of it.

    Raises:
        NotFound: there is no such case.
        Stale: somebody answered meanwhile.
        RuleBroken: the case is closed.
    """
    (case,) = objection(session, objection_id).cases
    require_answerable(case.state, steps=len(case.answers), seen_steps=seen_steps)
    _write_step(session, case, state, words)
    if state in CLOSED:
        session.execute(delete(WaitingObjection).where(WaitingObjection.objection_id == objection_id))
    _note(session, "objection.answered", case.patient_id, objection_id)
    announce(
        session,
        "objection.answered",
        {
            "patient_id": str(case.patient_id),
            "object_id": str(objection_id),
            "number": len(case.answers) + 1,
        },
    )
    return objection_id


def _write_step(session: ActorSession, case: ObjectionCard, state: ObjectionState, words: str) -> None:
    actor = session.actor
    if actor.staff_id is None or actor.staff_id == case.staff_id:
        raise RuleBroken("This case is about your own access. Another privacy officer must answer it.")
    written = session.connection().execute(
        insert(ObjectionStep).on_conflict_do_nothing(),
        {
            "objection_id": case.id,
            "number": len(case.answers) + 1,
            "patient_id": case.patient_id,
            "state": state.value,
            "words": words,
            "staff_id": actor.staff_id,
            "facility_id": actor.facility_id,
        },
    )
    if not written.rowcount:
        raise Stale("Somebody has answered this case meanwhile. Read the answer, then decide anew.")


def _note(session: ActorSession, act: str, patient_id: UUID | None, objection_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="objection", object_id=objection_id)
