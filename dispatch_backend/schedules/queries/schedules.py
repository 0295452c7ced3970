"""Whose schedules somebody keeps, and the week of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from dispatch_backend.capacity.enumerations import ResourceKind
from dispatch_backend.capacity.rules import minutes_between
from dispatch_backend.capacity.tables import Resource, Slot
from dispatch_backend.schedules.rules import Week
from dispatch_backend.services.queries import ServiceCard, service_card, service_rows
from dispatch_backend.services.tables import Service
from foundation.clock import local, zone
from foundation.database.combined_query import CombinedQuery
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import FacilityCard, center_ids, facilities_from, facility_rows

ABSENT = "There is no such schedule."


@dataclass(frozen=True, slots=True)
class ResourceCard:
    """A doctor, room, device, bed or team of a facility."""

    id: UUID
    facility_id: UUID
    kind: ResourceKind
    name: BilingualText


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A time as its keeper sees it: whether it is taken, and never by whom."""

    id: UUID
    service: BilingualText
    starts_at: datetime
    ends_at: datetime
    taken: bool


@dataclass(frozen=True, slots=True)
class DayOfSchedule:
    """The times that begin on a day, the earliest first."""

    day: date
    slots: Sequence[SlotLine]

    @property
    def taken(self) -> int:
        return sum(each.taken for each in self.slots)

    @property
    def free(self) -> int:
        return len(self.slots) - self.taken


@dataclass(frozen=True, slots=True)
class ScheduleWeek:
    """A week of one resource."""

    resource: ResourceCard
    facility: FacilityCard
    week: Week
    days: Sequence[DayOfSchedule]

    @property
    def services(self) -> Sequence[BilingualText]:
        """What is offered in it, each once."""
        return list(dict.fromkeys(slot.service for day in self.days for slot in day.slots))


@dataclass(frozen=True, slots=True)
class KeptSchedules:
    """The facilities whose schedules somebody keeps, and the resources of the one that is chosen, by name."""

    facilities: Sequence[FacilityCard]
    chosen: UUID | None
    resources: Sequence[ResourceCard]


@dataclass(frozen=True, slots=True)
class AddingTimes:
    """What times are added to; `usual` is how its newest time is offered, if there is one: the service's code, and its length in minutes."""

    resource: ResourceCard
    facility: FacilityCard
    services: Sequence[ServiceCard]
    usual: tuple[str, int] | None


def kept_schedules(session: ActorSession, facility_id: UUID | None) -> KeptSchedules:
    """Without a facility, or with one of which the actor keeps nothing, no resources; who keeps one alone need not choose it."""
    answer = KEPT.fetch(session, chosen=facility_id or session.actor.facility_id)
    facilities = list(facilities_from(answer.facilities).values())
    return KeptSchedules(
        facilities=facilities,
        chosen=facility_id or (facilities[0].id if len(facilities) == 1 else None),
        resources=[_resource(row) for row in answer.resources],
    )


def schedule_week(session: ActorSession, resource_id: UUID, week: Week) -> ScheduleWeek:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    since, until = (datetime.combine(day, time.min, zone()) for day in (week.monday, week.after))
    answer = WEEK.fetch(session, resource_id=resource_id, since=since, until=until)
    resource, facility = _found(answer)
    slots: dict[date, list[SlotLine]] = {day: [] for day in week.days}
    for row in answer.slots:
        slots[local(row.starts_at).date()].append(
            SlotLine(row.id, BilingualText(row.name_en, row.name_ru), row.starts_at, row.ends_at, row.taken)
        )
    return ScheduleWeek(resource, facility, week, [DayOfSchedule(day, found) for day, found in slots.items()])


def adding_times(session: ActorSession, resource_id: UUID) -> AddingTimes:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    answer = ADDING.fetch(session, resource_id=resource_id)
    resource, facility = _found(answer)
    newest = next(iter(answer.newest), None)
    return AddingTimes(
        resource,
        facility,
        [service_card(row) for row in answer.services],
        newest and (newest.service_code, minutes_between(newest.starts_at, newest.ends_at)),
    )


def resource_to_offer(session: ActorSession, resource_id: UUID) -> ResourceCard:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    row = session.execute(_resources(session).where(Resource.id == resource_id)).one_or_none()
    if row is None:
        raise NotFound(ABSENT)
    return _resource(row)


def _kept(session: ActorSession, facility_id: Any) -> ColumnElement[bool]:
    """Of a facility: that the actor keeps its schedules. At the Dispatching Center those of all, elsewhere their own."""
    own, center = session.actor.facility_id, center_ids()
    return or_(facility_id == own, center.where(center.selected_columns.id == own).exists())


def _resources(session: ActorSession) -> Select[Any]:
    rows: Any = select(Resource.id, Resource.facility_id, Resource.kind, Resource.name_en, Resource.name_ru)
    kept: Select[Any] = rows.where(_kept(session, Resource.facility_id))
    return kept


def _kept_selects(session: ActorSession, chosen: Any) -> dict[str, Select[Any]]:
    rows = facility_rows()
    return {
        "facilities": rows.where(_kept(session, rows.selected_columns.id)),
        "resources": _resources(session).where(Resource.facility_id == chosen).order_by(Resource.name_en),
    }


def _of_resource(session: ActorSession, resource_id: Any) -> dict[str, Select[Any]]:
    resource = _resources(session).where(Resource.id == resource_id)
    return {
        "resources": resource,
        "facilities": facility_rows(within=resource.with_only_columns(Resource.facility_id)),
    }


def _week_selects(session: ActorSession, resource_id: Any, since: Any, until: Any) -> dict[str, Select[Any]]:
    slots: Any = select(Slot.id, Service.name_en, Service.name_ru, Slot.starts_at, Slot.ends_at, Slot.taken)
    of_week = (
        slots.join(Service, Service.code == Slot.service_code)
        .where(Slot.resource_id == resource_id, Slot.starts_at >= since, Slot.starts_at < until)
        .order_by(Slot.starts_at, Slot.ends_at)
    )
    return {**_of_resource(session, resource_id), "slots": of_week}


def _adding_selects(session: ActorSession, resource_id: Any) -> dict[str, Select[Any]]:
    slots: Any = select(Slot.service_code, Slot.starts_at, Slot.ends_at)
    newest = slots.where(Slot.resource_id == resource_id).order_by(Slot.starts_at.desc()).limit(1)
    return {**_of_resource(session, resource_id), "services": service_rows(), "newest": newest}


KEPT = CombinedQuery(_kept_selects)
WEEK = CombinedQuery(_week_selects)
ADDING = CombinedQuery(_adding_selects)


def _found(answer: Any) -> tuple[ResourceCard, FacilityCard]:
    if not answer.resources:
        raise NotFound(ABSENT)
    resource = _resource(answer.resources[0])
    return resource, facilities_from(answer.facilities)[resource.facility_id]


def _resource(row: Any) -> ResourceCard:
    return ResourceCard(row.id, row.facility_id, row.kind, BilingualText(row.name_en, row.name_ru))
