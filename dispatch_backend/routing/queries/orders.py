"""Orders of the ministry: where patients of a facility go for a service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import FromClause, select
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch_backend.routing.rules import outside_order
from dispatch_backend.routing.tables import RouteRule, RouteTarget
from foundation.database.combined_query import Selects
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText


@dataclass(frozen=True, slots=True)
class RouteOrder:
    """What an order says of one facility that refers and one service; `targets` in their order."""

    rule_id: UUID
    number: str
    ordered_on: date
    basis: BilingualText
    targets: Sequence[UUID] = field(default_factory=tuple)

    def outside(self, facility_id: UUID) -> float:
        """How far a place is from the first that the order names."""
        there = facility_id in self.targets
        position = self.targets.index(facility_id) + 1 if there else None
        return outside_order(position, len(self.targets))


def order_selects(referral: FromClause, day: Any) -> Selects:
    """The order in force for a referral on that day: to be fetched in a combined query, and read by `order_from`.

    Where one ends while another began before it, that one is in force again.
    """
    known: Any = referral.c
    newest = (
        _rules()
        .where(
            RouteRule.from_facility_id == select(known.from_facility_id).scalar_subquery(),
            RouteRule.service_code == select(known.code).scalar_subquery(),
            RouteRule.valid_from <= day,
        )
        .order_by(RouteRule.valid_from.desc(), RouteRule.version.desc())
        .ext(distinct_on(RouteRule.valid_from))
        .subquery()
    )
    in_force: Any = (
        select(newest)
        .where(newest.c.valid_to >= day)
        .order_by(newest.c.valid_from.desc())
        .limit(1)
        .cte("route_order")
    )
    targets: Any = select(RouteTarget.facility_id)
    return {
        "order": select(
            in_force.c.id,
            in_force.c.order_number,
            in_force.c.ordered_on,
            in_force.c.basis_en,
            in_force.c.basis_ru,
        ),
        "targets": targets.join(in_force, in_force.c.id == RouteTarget.rule_id).order_by(
            RouteTarget.position
        ),
    }


def order_from(answer: Any) -> RouteOrder | None:
    for row in answer.order:
        basis = BilingualText(row.basis_en, row.basis_ru)
        targets = tuple(each.facility_id for each in answer.targets)
        return RouteOrder(row.id, row.order_number, row.ordered_on, basis, targets)
    return None


def entered_rules(
    session: ActorSession, from_ids: Iterable[UUID]
) -> Mapping[tuple[UUID, str, date], tuple[RouteRule, list[UUID]]]:
    """The newest word of each rule of these facilities, with its targets."""
    known = (RouteRule.from_facility_id, RouteRule.service_code, RouteRule.valid_from)
    newest = (
        select(RouteRule)
        .where(RouteRule.from_facility_id.in_(set(from_ids)))
        .order_by(*known, RouteRule.version.desc())
        .ext(distinct_on(*known))
    )
    rules = {each.id: each for each in session.scalars(newest)}
    targets: dict[UUID, list[UUID]] = {each: [] for each in rules}
    named = select(RouteTarget).where(RouteTarget.rule_id.in_(rules)).order_by(RouteTarget.position)
    for target in session.scalars(named):
        targets[target.rule_id].append(target.facility_id)
    return {
        (each.from_facility_id, each.service_code, each.valid_from): (each, targets[each.id])
        for each in rules.values()
    }


def _rules() -> Any:
    return select(
        RouteRule.id,
        RouteRule.valid_from,
        RouteRule.valid_to,
        RouteRule.order_number,
        RouteRule.ordered_on,
        RouteRule.basis_en,
        RouteRule.basis_ru,
    )
