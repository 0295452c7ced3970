"""Asking that something be erased, and answering it; what may be erased is erased in the same transaction."""

from datetime import date
from uuid import UUID

from sqlalchemy import Integer, delete, func, update
from sqlalchemy.dialects.postgresql import insert

from archive_gateway.studies.queries.studies import studies_of
from emr.timeline.queries.timeline import timeline_of
from foundation import audit
from foundation.clock import today, zone
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken, Stale
from foundation.identifiers import new_id
from foundation.outbox import announce
from identity.delegations.queries import decides_until_now
from portal.dispatch.queries import dispatch_history_of
from portal.erasures.enumerations import CLOSED, ErasureState, RetentionKind
from portal.erasures.queries import (
    ErasureCard,
    Erasures,
    Period,
    erasure,
    own_erasures,
    retention_periods,
    waiting_erasures,
)
from portal.erasures.rules import due_on, kept_until, require_answerable
from portal.erasures.tables import ErasureItem, ErasureRequest, ErasureStep, WaitingErasure


def open_erasures(session: ActorSession) -> Erasures:
    """The reader's own requests, and for how long what is kept."""
    audit.record(session, act="erasures.opened", patient_id=session.actor.patient_id)
    return own_erasures(session)


def open_retention(session: ActorSession) -> list[Period]:
    """For how long what is kept: a register, which is about nobody."""
    return retention_periods(session)


def ask_for_erasure(session: ActorSession, *, words: str) -> UUID:
    """Ask the privacy officer to erase what is kept about the reader; one at a time.

    Raises:
        RuleBroken: whoever acts for somebody may not ask this in their place, or an earlier request waits.
    """
    decides_until_now(session)
    known = own_erasures(session)
    if any(each.state not in CLOSED for each in known.requests):
        raise RuleBroken("Your earlier request is not answered yet, so this one was not sent.")
    request_id, patient_id = new_id(), session.actor.patient_id
    due = due_on(today(), days=known.term.days)
    session.add(
        ErasureRequest(
            id=request_id,
            patient_id=patient_id,
            words=words,
            due_on=due,
            further_days=known.term.further_days,
            basis_en=known.term.basis.en,
            basis_ru=known.term.basis.ru,
        )
    )
    session.flush()
    for period in known.periods:
        session.add(
            ErasureItem(
                request_id=request_id,
                kind=period.kind,
                patient_id=patient_id,
                kept_until=kept_until(_last_on(session, period.kind), period.years),
                to_be_confirmed=period.to_be_confirmed,
                basis_en=period.basis.en,
                basis_ru=period.basis.ru,
            )
        )
    session.add(WaitingErasure(request_id=request_id, patient_id=patient_id, due_on=due))
    _note(session, "erasure.asked", patient_id, request_id)
    return request_id


def _last_on(session: ActorSession, kind: RetentionKind) -> date:
    """When the last of a kind was added, from which its period counts; today where it goes on, or nothing is kept of it yet."""
    patient_id = session.actor.patient_id
    if patient_id is None:
        return today()
    found: date | None = None
    if kind is RetentionKind.RECORD and (lines := timeline_of(session, patient_id, kind="all").lines):
        found = lines[0].effective_at.astimezone(zone()).date()
    if kind is RetentionKind.IMAGES:
        found = max(
            (each.started_on for each in studies_of(session, patient_id) if each.started_on), default=None
        )
    if kind is RetentionKind.REFERRALS and (referrals := dispatch_history_of(session).referrals):
        found = max(each.submitted_at for each in referrals).astimezone(zone()).date()
    return found or today()


def open_erasure(session: ActorSession, request_id: UUID) -> ErasureCard:
    """One request, for whom it concerns. Raises NotFound."""
    found = erasure(session, request_id)
    _note(session, "erasure.shown", found.patient_id, request_id)
    return found


def list_waiting_erasures(session: ActorSession) -> Erasures:
    """What the privacy officer has to answer."""
    found = waiting_erasures(session)
    shown = [(each.patient_id, each.id) for each in found.requests]
    audit.record_listed(session, act="erasures.listed", object_kind="erasure", shown=shown)
    return found


def answer_erasure(
    session: ActorSession, request_id: UUID, *, state: ErasureState, words: str, seen_steps: int
) -> UUID:
    """Tell the citizen until when it is kept, erase what may be erased, or lengthen the term once.

    Raises:
        NotFound: there is no such request.
        Stale: somebody answered meanwhile.
        RuleBroken: the request is closed, its term was lengthened already, or nothing of it may be erased.
    """
    case = erasure(session, request_id)
    require_answerable(
        case.state, state, erasable=case.erasable, steps=len(case.answers), seen_steps=seen_steps
    )
    erased = 0
    if state is ErasureState.ERASED:
        # A definer function: sessions are the person's own rows (docs/decisions/0026-the-persons-own-hand.md).
        erased = session.scalars(func.portal.erase_what_may_be(request_id, type_=Integer())).one()
    _write_step(session, case, state, words, erased)
    if state in CLOSED:
        session.execute(delete(WaitingErasure).where(WaitingErasure.request_id == request_id))
    else:
        later = due_on(case.first_due_on, days=case.further_days)
        session.execute(
            update(WaitingErasure).where(WaitingErasure.request_id == request_id).values(due_on=later)
        )
    _note(session, "erasure.answered", case.patient_id, request_id)
    announce(
        session,
        "erasure.answered",
        {"patient_id": str(case.patient_id), "object_id": str(request_id), "number": len(case.answers) + 1},
    )
    return request_id


def _write_step(
    session: ActorSession, case: ErasureCard, state: ErasureState, words: str, erased: int
) -> None:
    actor = session.actor
    if actor.staff_id is None or actor.facility_id is None:
        raise RuleBroken("Only the privacy officer answers this.")
    written = session.connection().execute(
        insert(ErasureStep).on_conflict_do_nothing(),
        {
            "request_id": case.id,
            "number": len(case.answers) + 1,
            "patient_id": case.patient_id,
            "state": state.value,
            "words": words,
            "erased_count": erased,
            "staff_id": actor.staff_id,
            "facility_id": actor.facility_id,
        },
    )
    if not written.rowcount:
        raise Stale("Somebody has answered this request meanwhile. Read the answer, then decide anew.")


def _note(session: ActorSession, act: str, patient_id: UUID | None, request_id: UUID) -> None:
    audit.record(session, act=act, patient_id=patient_id, object_kind="erasure", object_id=request_id)
