"""Entering weights, ways, and whom facilities may serve; for loaders."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dispatch_backend.routing.actions.versions import Row, enter_otherwise
from dispatch_backend.routing.queries.capabilities import entered_capabilities
from dispatch_backend.routing.queries.registers import entered_travel_times, entered_weights
from dispatch_backend.routing.tables import Capability, RoutingWeights, TravelTime
from dispatch_backend.services.tables import Service
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, rows_by
from identity.facilities.queries import facilities_by_code, no_facility

OLDEST = 150


def enter_weights(session: ActorSession, rows: Sequence[Row]) -> Entered:
    """Enter what the parts of the cost weigh from some days on, where that is told otherwise than it stands.

    Args:
        rows: columns of the weights by their names, each day once.
    """
    return enter_otherwise(
        session, RoutingWeights, rows, entered_weights(session), key=lambda row: row["valid_from"]
    )


def enter_travel_times(session: ActorSession, told: Sequence[Row]) -> Entered:
    """Enter how long ways take, each told by the codes of its facilities (`from`, `to`) and its `minutes`."""
    codes = {each[end] for each in told for end in ("from", "to")}
    known = facilities_by_code(session, codes)
    rows, refused = [], {}
    for place, each in enumerate(told):
        if why := _wrong_with_way(each, known):
            refused[place] = why
            continue
        start, end = known[each["from"]].id, known[each["to"]].id
        rows.append({"from_facility_id": start, "to_facility_id": end, "minutes": round(each["minutes"])})
    stand = entered_travel_times(session, [row["from_facility_id"] for row in rows])
    entered = enter_otherwise(
        session, TravelTime, rows, stand, key=lambda row: (row["from_facility_id"], row["to_facility_id"])
    )
    entered.refused = refused
    return entered


def _wrong_with_way(told: Row, known: Mapping[str, Any]) -> str:
    unknown = [no_facility(told[end]) for end in ("from", "to") if told[end] not in known]
    if told["from"] == told["to"]:
        return f"from and to are both {told['from']}: there is no way"
    return "; ".join(unknown)


def enter_capabilities(session: ActorSession, told: Sequence[Row]) -> Entered:
    """Enter whom facilities may serve, each told by the codes of its `facility` and `service` and the day `valid_from`.

    What a row does not tell does not limit: `valid_to`, `age_from` and `age_to` in years, `sex`.
    """
    facilities = facilities_by_code(session, {each["facility"] for each in told})
    services = rows_by(session, Service, "code", {each["service"] for each in told})
    rows, refused = [], {}
    for place, each in enumerate(told):
        if why := _wrong_with_capability(each, facilities, services):
            refused[place] = why
        else:
            rows.append(_capability(each, facilities))
    entered = enter_otherwise(
        session,
        Capability,
        rows,
        entered_capabilities(session, [row["facility_id"] for row in rows]),
        key=lambda row: (row["facility_id"], row["service_code"], row["valid_from"]),
    )
    entered.refused = refused
    return entered


def _capability(told: Row, facilities: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "service_code": told["service"],
        "facility_id": facilities[told["facility"]].id,
        "valid_from": told["valid_from"],
        "valid_to": told.get("valid_to") or date.max,
        "age_from": round(told.get("age_from") or 0),
        "age_to": OLDEST if told.get("age_to") is None else round(told["age_to"]),
        "sex": told.get("sex"),
    }


def _wrong_with_capability(told: Row, facilities: Mapping[str, Any], services: Mapping[str, Any]) -> str:
    if told["facility"] not in facilities:
        return no_facility(told["facility"])
    if told["service"] not in services:
        return no_service(told["service"])
    if (told.get("valid_to") or date.max) < told["valid_from"]:
        return "valid_to is before valid_from"
    if (told.get("age_from") or 0) > (OLDEST if told.get("age_to") is None else told["age_to"]):
        return "age_from is above age_to"
    return ""


def no_service(code: str) -> str:
    """Why a line is refused that names no service of the register."""
    return f"service: there is none with the code {code}; load-services enters them"
