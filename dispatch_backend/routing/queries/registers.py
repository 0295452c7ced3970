"""By what slots are ranked: the newest word of each thing that the region has entered."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from dispatch_backend.routing.rules import Weights
from dispatch_backend.routing.tables import RoutingVersion, RoutingWeights, TravelTime
from foundation.database.transactions import ActorSession


def weights_in_force(day: Any) -> Select[Any]:
    """One row: to be fetched in a combined query, and read by `weights_from`."""
    rows: Any = select(
        RoutingWeights.breach,
        RoutingWeights.waiting,
        RoutingWeights.travel_hour,
        RoutingWeights.outside_order,
    )
    in_force: Select[Any] = (
        rows.where(RoutingWeights.valid_from <= day)
        .order_by(RoutingWeights.valid_from.desc(), RoutingWeights.version.desc())
        .limit(1)
    )
    return in_force


def weights_from(rows: Iterable[Any]) -> Weights:
    """The weights; the migrations have entered some of long ago, so that some are always in force."""
    (row,) = rows
    return Weights(*row)


def told_ways(from_facility_id: Any) -> Select[Any]:
    """How many minutes the way from there to others takes, where that was told: to be fetched in a combined query."""
    rows: Any = select(TravelTime.to_facility_id, TravelTime.minutes)
    asked: Select[Any] = (
        rows.where(TravelTime.from_facility_id == from_facility_id)
        .order_by(TravelTime.to_facility_id, TravelTime.version.desc())
        .ext(distinct_on(TravelTime.to_facility_id))
    )
    return asked


def entered_weights(session: ActorSession) -> dict[Any, RoutingWeights]:
    """The newest word of each day on which weights begin."""
    newest_first = select(RoutingWeights).order_by(RoutingWeights.valid_from, RoutingWeights.version.desc())
    return {
        each.valid_from: each
        for each in session.scalars(newest_first.ext(distinct_on(RoutingWeights.valid_from)))
    }


def entered_travel_times(
    session: ActorSession, from_ids: Iterable[UUID]
) -> dict[tuple[UUID, UUID], TravelTime]:
    """The newest word of each way from one of these facilities."""
    ends = (TravelTime.from_facility_id, TravelTime.to_facility_id)
    newest_first = (
        select(TravelTime)
        .where(TravelTime.from_facility_id.in_(set(from_ids)))
        .order_by(*ends, TravelTime.version.desc())
        .ext(distinct_on(*ends))
    )
    return {(each.from_facility_id, each.to_facility_id): each for each in session.scalars(newest_first)}


def version_of_this_transaction(session: ActorSession) -> int | None:
    """The version that this transaction has entered, if it has."""
    return session.scalar(
        select(func.max(RoutingVersion.number)).where(RoutingVersion.entered_at == func.now())
    )


def current_version(session: ActorSession) -> int:
    """The newest version."""
    number: int = session.scalars(select(func.dispatch.current_routing())).one()
    return number
