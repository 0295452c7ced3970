"""The services that can be asked for, and the legal term in force for one."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch_backend.queries.cards import ServiceCard
from dispatch_backend.rules.kinds import Priority, ServiceKind
from dispatch_backend.tables import Service, WaitingTerm
from foundation.errors import NotFound, RuleBroken
from foundation.language import Text


def services(session: Session) -> list[ServiceCard]:
    """Every service of the region, by kind and name."""
    rows = session.scalars(select(Service).order_by(Service.kind, Service.name_en, Service.code))
    return [service_card(row) for row in rows]


def service_by_code(session: Session, code: str) -> ServiceCard:
    """Raises: NotFound."""
    row = session.get(Service, code)
    if row is None:
        raise NotFound("There is no such service.")
    return service_card(row)


def term_in_force(session: Session, *, kind: ServiceKind, priority: Priority, on: date) -> WaitingTerm:
    """The legal term for this kind of service on that day; where two overlap, the newer law.

    Raises:
        RuleBroken: the region has entered none.
    """
    row = session.scalar(
        select(WaitingTerm)
        .where(
            WaitingTerm.service_kind == kind,
            WaitingTerm.priority == priority,
            WaitingTerm.valid_from <= on,
            WaitingTerm.valid_to >= on,
        )
        .order_by(WaitingTerm.valid_from.desc())
        .limit(1)
    )
    if row is None:
        raise RuleBroken("No legal waiting term is in force for this service, so it cannot be referred to.")
    return row


def service_card(row: Service) -> ServiceCard:
    return ServiceCard(row.code, row.kind, Text(row.name_en, row.name_ru))
