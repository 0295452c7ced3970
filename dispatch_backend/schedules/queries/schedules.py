"""Whose schedules somebody keeps, and what times are added to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select

from dispatch_backend.capacity.enumerations import ResourceKind
from dispatch_backend.capacity.rules import minutes_between
from dispatch_backend.capacity.tables import Resource, Slot
from dispatch_backend.services.queries import ServiceCard, service_card, service_rows
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


def adding_times(session: ActorSession, resource_id: UUID) -> AddingTimes:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    answer = ADDING.fetch(session, resource_id=resource_id)
    resource, facility = resource_found(answer)
    newest = next(iter(answer.newest), None)
    return AddingTimes(
        resource,
        facility,
        [service_card(row) for row in answer.services],
        newest and (newest.service_code, minutes_between(newest.starts_at, newest.ends_at)),
    )


def resource_to_offer(session: ActorSession, resource_id: UUID) -> ResourceCard:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    row = session.execute(kept_resources(session).where(Resource.id == resource_id)).one_or_none()
    if row is None:
        raise NotFound(ABSENT)
    return _resource(row)


def _kept(session: ActorSession, facility_id: Any) -> ColumnElement[bool]:
    """Of a facility: that the actor keeps its schedules. At the Dispatching Center those of all, elsewhere their own."""
    own, center = session.actor.facility_id, center_ids()
    return or_(facility_id == own, center.where(center.selected_columns.id == own).exists())


def kept_resources(session: ActorSession) -> Select[Any]:
    """The resources whose schedules the actor keeps."""
    rows: Any = select(Resource.id, Resource.facility_id, Resource.kind, Resource.name_en, Resource.name_ru)
    kept: Select[Any] = rows.where(_kept(session, Resource.facility_id))
    return kept


def _kept_selects(session: ActorSession, chosen: Any) -> dict[str, Select[Any]]:
    rows = facility_rows()
    return {
        "facilities": rows.where(_kept(session, rows.selected_columns.id)),
        "resources": kept_resources(session).where(Resource.facility_id == chosen).order_by(Resource.name_en),
    }


def of_resource(session: ActorSession, resource_id: Any) -> dict[str, Select[Any]]:
    """One of them with its facility: to be fetched in a combined query, and read by `resource_found`."""
    resource = kept_resources(session).where(Resource.id == resource_id)
    return {
        "resources": resource,
        "facilities": facility_rows(within=resource.with_only_columns(Resource.facility_id)),
    }


def _adding_selects(session: ActorSession, resource_id: Any) -> dict[str, Select[Any]]:
    slots: Any = select(Slot.service_code, Slot.starts_at, Slot.ends_at)
    newest = slots.where(Slot.resource_id == resource_id).order_by(Slot.starts_at.desc()).limit(1)
    return {**of_resource(session, resource_id), "services": service_rows(), "newest": newest}


KEPT = CombinedQuery(_kept_selects)
ADDING = CombinedQuery(_adding_selects)


def resource_found(answer: Any) -> tuple[ResourceCard, FacilityCard]:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    if not answer.resources:
        raise NotFound(ABSENT)
    resource = _resource(answer.resources[0])
    return resource, facilities_from(answer.facilities)[resource.facility_id]


def _resource(row: Any) -> ResourceCard:
    return ResourceCard(row.id, row.facility_id, row.kind, BilingualText(row.name_en, row.name_ru))
