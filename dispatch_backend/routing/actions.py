"""Entering what routing goes by; for loaders. Whatever is told otherwise than before makes the next version."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase

from dispatch_backend.routing.queries.registers import (
    current_version,
    entered_travel_times,
    entered_weights,
    version_of_this_transaction,
)
from dispatch_backend.routing.tables import RoutingVersion, RoutingWeights, TravelTime
from foundation.database.bulk import add_rows
from foundation.database.transactions import ActorSession
from foundation.registers import Entered, note_entered
from identity.facilities.queries import facilities_by_code, no_facility

Row = Mapping[str, Any]


def enter_weights(session: ActorSession, rows: Sequence[Row]) -> Entered:
    """Enter what the parts of the cost weigh from some days on, where that is told otherwise than it stands.

    Args:
        rows: columns of the weights by their names, each day once.
    """
    return _enter(session, RoutingWeights, rows, entered_weights(session), key=lambda row: row["valid_from"])


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
    entered = _enter(
        session, TravelTime, rows, stand, key=lambda row: (row["from_facility_id"], row["to_facility_id"])
    )
    entered.refused = refused
    return entered


def _wrong_with_way(told: Row, known: Mapping[str, Any]) -> str:
    unknown = [no_facility(told[end]) for end in ("from", "to") if told[end] not in known]
    if told["from"] == told["to"]:
        return f"from and to are both {told['from']}: there is no way"
    return "; ".join(unknown)


def _enter(
    session: ActorSession,
    table: type[DeclarativeBase],
    rows: Sequence[Row],
    stand: Mapping[Any, Any],
    *,
    key: Callable[[Row], Hashable],
) -> Entered:
    """Enter those rows that say otherwise than what stands, as one version with whatever else this transaction enters."""
    entered, otherwise = Entered(), []
    for row in rows:
        there = stand.get(key(row))
        if there is None:
            entered.added += 1
        elif any(getattr(there, name) != value for name, value in row.items()):
            entered.changed += 1
        else:
            entered.unchanged += 1
            continue
        otherwise.append(dict(row))
    if otherwise:
        version = new_version(session)
        add_rows(session, table, [row | {"version": version} for row in otherwise])
        kind = table.__tablename__
        note_entered(session, f"{kind}.told", kind, [_named(key(row)) for row in otherwise])
    return entered


def new_version(session: ActorSession) -> int:
    """The version that this transaction enters, made where it has entered nothing yet."""
    if (number := version_of_this_transaction(session)) is not None:
        return number
    session.connection().execute(insert(RoutingVersion).inline())
    return current_version(session)


def _named(key: Hashable) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)
