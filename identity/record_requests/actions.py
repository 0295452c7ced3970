"""Asking for a record to be found, and the answer to it."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from foundation import audit
from foundation.clock import now, today
from foundation.database.transactions import ActorSession
from foundation.errors import BadInput
from foundation.identifiers import new_id
from identity.facilities.queries import facility_cards
from identity.record_requests.enumerations import Outcome, RefusalReason
from identity.record_requests.queries import WaitingRequest, waiting_ids_of
from identity.record_requests.rules import REQUEST_KEPT_FOR, ProvenPerson
from identity.record_requests.tables import RecordRequest, RecordRequestAnswer
from identity.record_requests.tickets import sealed_for_table


def ask_for_record(session: ActorSession, proven: ProvenPerson, *, facility_id: UUID) -> None:
    """Keep the request of the actor's account for the registrars of a facility; twice in a day it is one.

    Raises:
        BadInput: there is no such facility.
    """
    if facility_id not in facility_cards(session, [facility_id]):
        raise BadInput("Choose the facility from the list.")
    request_id = new_id()
    made = session.connection().execute(
        insert(RecordRequest).on_conflict_do_nothing(),
        {
            "id": request_id,
            "account_id": session.actor.account_id,
            "facility_id": facility_id,
            "proven_sealed": sealed_for_table(proven),
            "asked_on": today(),
            "asked_at": now(),
        },
    )
    if made.rowcount:
        audit.record(
            session,
            act="record_request.made",
            patient_id=None,
            object_kind="record_request",
            object_id=request_id,
        )


def refuse_request(session: ActorSession, request: WaitingRequest, *, reason: RefusalReason) -> None:
    """Tell whoever asked why nothing was linked; they may ask again."""
    _answer(session, [request.id], request.account_id, Outcome.REFUSED, reason)


def note_linked(session: ActorSession, request: WaitingRequest) -> None:
    """The account was linked: every request of it at this facility is answered by that."""
    waiting = waiting_ids_of(session, request.account_id)
    _answer(session, waiting, request.account_id, Outcome.LINKED)


def _answer(
    session: ActorSession,
    request_ids: list[UUID],
    account_id: UUID,
    outcome: Outcome,
    reason: RefusalReason | None = None,
) -> None:
    for request_id in request_ids:
        session.connection().execute(
            insert(RecordRequestAnswer).inline(),
            {
                "request_id": request_id,
                "account_id": account_id,
                "outcome": outcome,
                "reason": reason.value if reason else "",
                "staff_id": session.actor.staff_id,
                "facility_id": session.actor.facility_id,
            },
        )
        audit.record(
            session,
            act=f"record_request.{outcome}",
            patient_id=None,
            object_kind="record_request",
            object_id=request_id,
        )


def sweep_record_requests(session: ActorSession) -> int:
    """Remove every request that has waited too long, with what it says of its person; for the worker. Returns how many."""
    over = delete(RecordRequest).where(RecordRequest.asked_at < now() - REQUEST_KEPT_FOR)
    return session.connection().execute(over).rowcount
