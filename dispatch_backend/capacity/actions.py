"""Offering times in bulk; for loaders."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dispatch_backend.capacity.queries import offered_times
from dispatch_backend.capacity.rules import Offered, Schedule, resource_name, wrong_with_slot
from dispatch_backend.capacity.tables import Slot
from dispatch_backend.services.tables import Service
from foundation.database.bulk import WrittenRows, add_written, write_rows
from foundation.database.transactions import ActorSession
from foundation.identifiers import new_id
from foundation.language.bilingual import BilingualText
from foundation.registers import Entered, note_entered, rows_by
from identity.facilities.queries import facilities_by_code, no_facility


@dataclass(frozen=True, slots=True)
class NewSlot:
    """A time at a doctor, room or device."""

    service_code: str
    facility_id: UUID
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime
    id: UUID = field(default_factory=new_id)


def add_slots(session: ActorSession, slots: Sequence[NewSlot]) -> None:
    """Offer these times; for loaders."""
    enter_slots(session, write_slots(slots))


def enter_slots(session: ActorSession, slots: WrittenRows) -> None:
    """The same of times that are written out."""
    add_written(session, Slot, slots)


def write_slots(slots: Sequence[NewSlot]) -> WrittenRows:
    """The times, written out for `enter_slots`. No database is needed."""
    rows = [
        {
            "id": each.id,
            "service_code": each.service_code,
            "facility_id": each.facility_id,
            "resource_en": each.resource.en,
            "resource_ru": each.resource.ru,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
        }
        for each in slots
    ]
    return write_rows(rows)


@dataclass(frozen=True, slots=True)
class ToldSlot:
    """A time as an operator tells of it: service and facility by their codes."""

    service_code: str
    facility_code: str
    resource: BilingualText
    starts_at: datetime
    ends_at: datetime


def enter_told_slots(session: ActorSession, slots: Sequence[ToldSlot], *, at: datetime) -> Entered:
    """Offer those of these times that are not offered yet, each refused that cannot be.

    Args:
        at: now; what began before is offered to nobody any more.
    """
    offering = _Offering(session, slots, at=at)
    for place, slot in enumerate(slots):
        offering.offer(place, slot)
    add_slots(session, offering.new)
    note_entered(session, "slot.offered", "slot", [each.id for each in offering.new])
    offering.entered.added = len(offering.new)
    return offering.entered


class _Offering:
    """Times of one table, beside those that their doctors, rooms and devices offer already."""

    def __init__(self, session: ActorSession, slots: Sequence[ToldSlot], *, at: datetime) -> None:
        self._at = at
        self._services = rows_by(session, Service, "code", {each.service_code for each in slots})
        self._facilities = facilities_by_code(session, {each.facility_code for each in slots})
        self._schedules: dict[tuple[UUID, str], Schedule] = {}
        for (facility_id, resource), offered in offered_times(
            session,
            [each.id for each in self._facilities.values()],
            since=min(each.starts_at for each in slots),
            until=max(each.ends_at for each in slots),
        ):
            self._schedule(facility_id, resource).add(offered)
        self.entered = Entered()
        self.new: list[NewSlot] = []

    def offer(self, place: int, slot: ToldSlot) -> None:
        facility = self._facilities.get(slot.facility_code)
        if slot.service_code not in self._services:
            why = f"service: there is none with the code {slot.service_code}; load-services enters them"
        elif facility is None:
            why = no_facility(slot.facility_code)
        else:
            why = self._offer_at(facility.id, slot)
        if why:
            self.entered.refused[place] = why

    def _offer_at(self, facility_id: UUID, slot: ToldSlot) -> str:
        resource = BilingualText(resource_name(slot.resource.en), resource_name(slot.resource.ru))
        told = Offered(slot.service_code, resource.ru, slot.starts_at, slot.ends_at)
        schedule = self._schedule(facility_id, resource.en)
        if told in schedule:
            self.entered.unchanged += 1
            return ""
        if why := wrong_with_slot(told, schedule, at=self._at):
            return why
        schedule.add(told)
        self.new.append(NewSlot(slot.service_code, facility_id, resource, slot.starts_at, slot.ends_at))
        return ""

    def _schedule(self, facility_id: UUID, resource: str) -> Schedule:
        return self._schedules.setdefault((facility_id, resource), Schedule())
