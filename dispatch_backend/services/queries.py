"""The services that can be asked for, and the legal term in force for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.tables import Service, WaitingTerm
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound, RuleBroken
from foundation.language.bilingual import BilingualText


@dataclass(frozen=True, slots=True)
class ServiceCard:
    code: str
    kind: ServiceKind
    name: BilingualText


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
    raise RuleBroken("No legal waiting term is in force for this service, so it cannot be referred to.")


def service_card(row: Any) -> ServiceCard:
    return ServiceCard(row.code, row.kind, BilingualText(row.name_en, row.name_ru))
