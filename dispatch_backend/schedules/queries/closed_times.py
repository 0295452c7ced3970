"""What of a resource's time is closed, and how many would be touched if some more of it were."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, column, func, select

from dispatch_backend.capacity.enumerations import ClosingReason
from dispatch_backend.capacity.tables import ClosedTime, ClosedTimeEnd, Resource, Slot
from dispatch_backend.schedules.queries.schedules import (
    ResourceCard,
    kept_resources,
    of_resource,
    resource_found,
)
from dispatch_backend.schedules.rules import PartOfDay
from foundation.database.combined_query import CombinedQuery
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.facilities.queries import FacilityCard


@dataclass(frozen=True, slots=True)
class ClosedTimeCard:
    """A closed time that was not opened again; `words` say why where the reason is another one."""

    id: UUID
    resource_id: UUID
    begins: datetime
    ends: datetime
    reason: ClosingReason
    words: str


@dataclass(frozen=True, slots=True)
class Touched:
    """What is offered in a part of the time to come: how many of the times are free, and for how many a patient is booked."""

    free: int
    booked: int


@dataclass(frozen=True, slots=True)
class ClosingTime:
    """Whose time is closed, and what it touches; None while nobody has said which part of it."""

    resource: ResourceCard
    facility: FacilityCard
    touched: Touched | None


def closing_time(session: ActorSession, resource_id: UUID, part: PartOfDay | None) -> ClosingTime:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    if part is None:
        resource, facility = resource_found(RESOURCE.fetch(session, resource_id=resource_id))
        return ClosingTime(resource, facility, None)
    answer = CLOSING.fetch(session, resource_id=resource_id, begins=part.begins, ends=part.ends)
    resource, facility = resource_found(answer)
    return ClosingTime(resource, facility, _touched_from(answer.touched))


def touched_by(session: ActorSession, resource_id: UUID, part: PartOfDay) -> Touched:
    """The same for who closes it: whoever books there has done so, or waits."""
    rows = session.execute(_touched_rows(resource_id, part.begins, part.ends)).all()
    return _touched_from(rows)


def closed_time_to_end(session: ActorSession, closed_time_id: UUID) -> ClosedTime:
    """Raises NotFound: no such closed time, or of a facility whose schedules others keep."""
    kept = kept_resources(session).with_only_columns(Resource.id)
    found = session.scalar(
        select(ClosedTime).where(ClosedTime.id == closed_time_id, ClosedTime.resource_id.in_(kept))
    )
    if found is None:
        raise NotFound("There is no such closed time.")
    return found


def booked_slots(resource_id: Any, since: Any, until: Any) -> Select[Any]:
    """Which slots of a resource that the actor keeps are booked, never by whom: for a combined query."""
    found = func.dispatch.booked_slots(resource_id, func.tstzrange(since, until))
    booked = found.table_valued(column("slot_id", Uuid)).render_derived(name="booked")
    rows: Select[Any] = select(booked.c.slot_id)
    return rows


def closed_rows(resource_id: Any, since: Any, until: Any) -> Select[Any]:
    """What is closed of a resource between two moments: for a combined query, and read by `closed_from`."""
    rows: Any = select(
        ClosedTime.id,
        ClosedTime.resource_id,
        func.lower(ClosedTime.during, type_=Slot.starts_at.type).label("begins"),
        func.upper(ClosedTime.during, type_=Slot.starts_at.type).label("ends"),
        ClosedTime.reason,
        ClosedTime.words,
    )
    asked: Select[Any] = rows.where(
        ClosedTime.resource_id == resource_id,
        ClosedTime.during.op("&&")(func.tstzrange(since, until)),
        is_still_closed(),
    ).order_by(func.lower(ClosedTime.during), ClosedTime.id)
    return asked


def is_still_closed() -> Any:
    """Of a closed time: that nobody has opened it again."""
    return ~select(ClosedTimeEnd.closed_time_id).where(ClosedTimeEnd.closed_time_id == ClosedTime.id).exists()


def closed_from(rows: Iterable[Any]) -> list[ClosedTimeCard]:
    return [ClosedTimeCard(*row) for row in rows]


def _touched_rows(resource_id: Any, begins: Any, ends: Any) -> Select[Any]:
    """Of the times that have not begun, those that it overlaps."""
    booked = booked_slots(resource_id, begins, ends).subquery()
    free: Any = select(
        func.count().filter(booked.c.slot_id.is_(None), ~Slot.taken).label("free"),
        func.count(booked.c.slot_id).label("booked"),
    )
    rows: Select[Any] = (
        free.select_from(Slot)
        .outerjoin(booked, booked.c.slot_id == Slot.id)
        .where(
            Slot.resource_id == resource_id,
            Slot.starts_at > func.now(),
            Slot.starts_at < ends,
            Slot.ends_at > begins,
        )
    )
    return rows


def _touched_from(rows: Any) -> Touched:
    ((free, booked),) = rows
    return Touched(free, booked)


RESOURCE = CombinedQuery(lambda session, resource_id: of_resource(session, resource_id))
CLOSING = CombinedQuery(
    lambda session, resource_id, begins, ends: {
        **of_resource(session, resource_id),
        "touched": _touched_rows(resource_id, begins, ends),
    }
)
