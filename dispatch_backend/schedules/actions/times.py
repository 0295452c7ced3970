"""Offering times by hand."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from dispatch_backend.capacity.actions import NewSlot, add_slots
from dispatch_backend.capacity.queries import offered_times
from dispatch_backend.capacity.rules import Offered, Schedule
from dispatch_backend.schedules.queries.schedules import ResourceCard, resource_to_offer
from dispatch_backend.schedules.rules import PartOfDay, require_offerable, times_within
from dispatch_backend.services.queries import service_by_code
from foundation import audit
from foundation.clock import now
from foundation.database.transactions import ActorSession
from foundation.errors import RuleBroken
from foundation.language.translation import clock_time


@dataclass(frozen=True, slots=True)
class AskedTimes:
    """Times of so many minutes, one after the other, in a part of a day."""

    service_code: str
    part: PartOfDay
    minutes: int


def add_times(session: ActorSession, resource_id: UUID, asked: AskedTimes) -> UUID:
    """Offer these times of the resource, all of them or none.

    Raises:
        NotFound: no such service, or no such resource among those that the actor keeps.
        BadInput: the part of the day holds not even one time.
        RuleBroken: some have begun, or overlap what the resource offers already.
    """
    resource = resource_to_offer(session, resource_id)
    service = service_by_code(session, asked.service_code)
    times = [
        Offered(service.code, resource.name.ru, each.begins, each.ends)
        for each in times_within(asked.part, minutes=asked.minutes)
    ]
    require_offerable(times, _offered_beside(session, resource, times), at=now(), shown=clock_time)
    made = [
        NewSlot(service.code, resource.facility_id, resource.name, each.starts_at, each.ends_at)
        for each in times
    ]
    try:
        add_slots(session, made)
    except DBAPIError as fault:
        raise _refusal_for(fault) from fault
    for each in made:
        audit.record(session, act="slot.offered", patient_id=None, object_kind="slot", object_id=each.id)
    return resource.id


def _offered_beside(session: ActorSession, resource: ResourceCard, times: list[Offered]) -> Schedule:
    schedule = Schedule()
    for (_, name_en), offered in offered_times(
        session, [resource.facility_id], since=times[0].starts_at, until=times[-1].ends_at
    ):
        if name_en == resource.name.en:
            schedule.add(offered)
    return schedule


def _refusal_for(fault: DBAPIError) -> RuleBroken | DBAPIError:
    """What the database saw first: somebody else has added times of the same resource at the same moment."""
    diagnosis = getattr(fault.orig, "diag", None)
    if getattr(diagnosis, "constraint_name", None) in (
        "ex_slot_during",
        "uq_slot_facility_id_resource_en_starts_at",
    ):
        return RuleBroken("Somebody has just added times there. Look at the week and choose again.")
    return fault
