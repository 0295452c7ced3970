"""Who waits at a facility for their record to be found, and what became of somebody's own request."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Select, Text, Uuid, column, exists, false, func, select

from foundation.actor import ActorKind
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.record_requests.enumerations import Outcome, RefusalReason
from identity.record_requests.rules import ProvenPerson
from identity.record_requests.tables import RecordRequest, RecordRequestAnswer
from identity.record_requests.tickets import opened_from_table
from identity.roles import Role


class WaitingRequest(NamedTuple):
    """Somebody who asks. `person` is None where the key is gone that the request was sealed under."""

    id: UUID
    account_id: UUID
    person: ProvenPerson | None
    asked_at: datetime


class AnsweredRequest(NamedTuple):
    """What became of somebody's newest request: no outcome yet where it waits."""

    facility_id: UUID
    asked_at: datetime
    outcome: Outcome | None
    reason: RefusalReason | None
    answered_at: datetime | None


def asked_at_own_facility(session: ActorSession) -> ColumnElement[bool]:
    """The application's wall: registrars see the requests made to their facility. Row-level security says the same again."""
    actor = session.actor
    if actor.kind is ActorKind.STAFF and actor.role == Role.REGISTRAR and actor.facility_id:
        return RecordRequest.facility_id == actor.facility_id
    return false()


def request_rows(session: ActorSession, *, most: int) -> Select[Any]:
    """The oldest that wait: to be fetched in a combined query, and read by `requests_from`."""
    rows: Select[Any] = (
        _WAITING.where(asked_at_own_facility(session), _unanswered())
        .order_by(RecordRequest.asked_at, RecordRequest.id)
        .limit(most)
    )
    return rows


def requests_from(rows: Iterable[Any]) -> list[WaitingRequest]:
    return [
        WaitingRequest(row.id, row.account_id, opened_from_table(row.proven_sealed), row.asked_at)
        for row in rows
    ]


def request_to_answer(session: ActorSession, request_id: UUID) -> WaitingRequest:
    """One that waits at the reader's facility. Raises NotFound: none, answered already, or another facility's."""
    asked = _WAITING.where(asked_at_own_facility(session), _unanswered(), RecordRequest.id == request_id)
    found = requests_from(session.execute(asked))
    if not found:
        raise NotFound("There is no such request, or it was answered already.")
    return found[0]


def waiting_ids_of(session: ActorSession, account_id: UUID) -> list[UUID]:
    """Every request of an account that waits at the reader's facility."""
    own = select(RecordRequest.id).where(RecordRequest.account_id == account_id)
    return list(session.scalars(own.where(asked_at_own_facility(session), _unanswered())))


def answer_to_newest(session: ActorSession, *, issuer: str, subject: str) -> AnsweredRequest | None:
    """What became of the newest request of whoever was just proven; None where they never asked, or long ago."""
    told = func.identity.answer_to_request(issuer, subject).table_valued(
        column("facility_id", Uuid),
        column("asked_at", DateTime(timezone=True)),
        column("outcome", Text),
        column("reason", Text),
        column("answered_at", DateTime(timezone=True)),
    )
    row = session.execute(select(*told.c)).one_or_none()
    if row is None:
        return None
    return AnsweredRequest(
        row.facility_id,
        row.asked_at,
        Outcome(row.outcome) if row.outcome else None,
        RefusalReason(row.reason) if row.reason else None,
        row.answered_at,
    )


def _unanswered() -> ColumnElement[bool]:
    return ~exists().where(RecordRequestAnswer.request_id == RecordRequest.id)


_WAITING: Any = select(
    RecordRequest.id, RecordRequest.account_id, RecordRequest.proven_sealed, RecordRequest.asked_at
)
