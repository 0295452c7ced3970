"""The services that can be asked for, and the legal term in force for one: for who loads the past, and for who sends now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Date, DateTime, Select, Uuid, column, func, select

from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.tables import Service, WaitingTerm
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.language.bilingual import BilingualText

NO_TERM = "No legal waiting term is in force for this service, so it cannot be referred to."
TERM_FROM_NOW: Any = (
    column("waiting_term_id", Uuid),
    column("sent_at", DateTime(timezone=True)),
    column("due_on", Date),
    column("due_at", DateTime(timezone=True)),
)


@dataclass(frozen=True, slots=True)
class ServiceCard:
    code: str
    kind: ServiceKind
    name: BilingualText


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """What a referral stands under that is sent at that moment; `due_at` is when the legal day is over."""

    waiting_term_id: UUID
    sent_at: datetime
    due_on: date
    due_at: datetime


def services(session: ActorSession) -> list[ServiceCard]:
    """Every service of the region, by kind and name."""
    return [service_card(row) for row in session.execute(service_rows())]


def service_rows() -> Select[Any]:
    """Every service of the region, by kind and name: to be fetched in a combined query, and read by `service_card`."""
    rows: Any = select(Service.code, Service.kind, Service.name_en, Service.name_ru)
    asked: Select[Any] = rows.order_by(Service.kind, Service.name_en, Service.code)
    return asked


def service_by_code(session: ActorSession, code: str) -> ServiceCard:
    """Raises: NotFound."""
    row = session.get(Service, code)
    if row is None:
        raise NotFound("There is no such service.")
    return service_card(row)


def waiting_terms(session: ActorSession) -> list[WaitingTerm]:
    """Every legal term that was ever entered, the newest law first."""
    return list(session.scalars(select(WaitingTerm).order_by(WaitingTerm.valid_from.desc())))


def term_in_force(
    terms: Sequence[WaitingTerm], *, kind: ServiceKind, priority: Priority, on: date
) -> WaitingTerm:
    """The legal term for this kind of service on that day; where two overlap, the newer law.

    Args:
        terms: the newest law first.

    Raises:
        RuleBroken: the region has entered none.
    """
    for term in terms:
        if (term.service_kind, term.priority) == (kind, priority) and term.valid_from <= on <= term.valid_to:
            return term
    raise RuleBroken(NO_TERM)


def term_from_now(session: ActorSession, service_code: str, priority: Priority) -> LegalTerm:
    """The term in force for a referral that is sent in this transaction, as the database will hold it to.

    Raises:
        RuleBroken: the region has entered none.
    """
    reckoned = func.dispatch.term_from_now(service_code, priority.value).table_valued(*TERM_FROM_NOW)
    row = session.execute(select(reckoned)).one_or_none()
    if row is None:
        raise RuleBroken(NO_TERM)
    return LegalTerm(row.waiting_term_id, row.sent_at, row.due_on, row.due_at)


def service_card(row: Any) -> ServiceCard:
    return ServiceCard(row.code, row.kind, BilingualText(row.name_en, row.name_ru))
