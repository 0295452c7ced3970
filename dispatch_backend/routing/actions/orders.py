"""Entering the orders of the ministry: where patients of a facility go for a service; for loaders."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from dispatch_backend.routing.actions.registers import no_service
from dispatch_backend.routing.actions.versions import Row, is_news, named, new_version
from dispatch_backend.routing.queries.orders import entered_rules
from dispatch_backend.routing.tables import RouteRule, RouteTarget
from dispatch_backend.services.tables import Service
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.registers import Entered, note_entered, rows_by
from identity.facilities.queries import facilities_by_code, no_facility


def enter_route_orders(session: ActorSession, told: Sequence[Row]) -> Entered:
    """Enter rules of orders, where one is told otherwise than it stands; the whole rule with its targets is then told anew.

    Args:
        told: each by the codes of the facility that refers (`from`), of its `service` and of the `targets`, the first first; with the day
            `valid_from`, `valid_to` where an end is known, and the order: `order_number`, `ordered_on`, `basis_en`, `basis_ru`.
    """
    codes = {code for each in told for code in (each["from"], *each["targets"])}
    facilities = facilities_by_code(session, codes)
    services = rows_by(session, Service, "code", {each["service"] for each in told})
    stand = entered_rules(
        session, [facilities[each["from"]].id for each in told if each["from"] in facilities]
    )
    entered, otherwise = Entered(), []
    for place, each in enumerate(told):
        if why := _wrong_with(each, facilities, services):
            entered.refused[place] = why
            continue
        rule, targets = _rule(each, facilities), [facilities[code].id for code in each["targets"]]
        there = stand.get(_key(rule))
        differs = there is not None and _says_otherwise(there, rule, targets)
        if is_news(entered, known=there is not None, differs=differs):
            otherwise.append((rule, targets))
    if otherwise:
        _add(session, otherwise)
    return entered


def _add(session: ActorSession, rules: Sequence[tuple[dict[str, Any], Sequence[UUID]]]) -> None:
    version = new_version(session)
    rows = [{"id": new_id(), **rule, "version": version} for rule, _ in rules]
    add_rows(session, RouteRule, rows)
    targets = [
        {"rule_id": row["id"], "position": position, "facility_id": facility_id, "version": version}
        for row, (_, named_places) in zip(rows, rules, strict=True)
        for position, facility_id in enumerate(named_places, start=1)
    ]
    add_rows(session, RouteTarget, targets)
    note_entered(session, "route_rule.told", "route_rule", [named(_key(rule)) for rule, _ in rules])


def _rule(told: Row, facilities: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "from_facility_id": facilities[told["from"]].id,
        "service_code": told["service"],
        "valid_from": told["valid_from"],
        "valid_to": told.get("valid_to") or date.max,
        **{name: told[name] for name in ("order_number", "ordered_on", "basis_en", "basis_ru")},
    }


def _key(rule: Row) -> tuple[UUID, str, date]:
    return rule["from_facility_id"], rule["service_code"], rule["valid_from"]


def _says_otherwise(there: tuple[RouteRule, list[UUID]], rule: Row, targets: list[UUID]) -> bool:
    known, known_targets = there
    return known_targets != targets or any(getattr(known, name) != value for name, value in rule.items())


def _wrong_with(told: Row, facilities: Mapping[str, Any], services: Mapping[str, Any]) -> str:
    for code in (told["from"], *told["targets"]):
        if code not in facilities:
            return no_facility(code)
    if told["service"] not in services:
        return no_service(told["service"])
    if len(set(told["targets"])) < len(told["targets"]):
        return "targets: a place stands there twice"
    if (told.get("valid_to") or date.max) < told["valid_from"]:
        return "valid_to is before valid_from"
    return ""
