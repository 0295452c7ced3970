"""The week of one schedule: its times by day, what of them is taken, and what is closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from dispatch_backend.capacity.tables import Slot
from dispatch_backend.schedules.queries.closed_times import (
    ClosedTimeCard,
    booked_slots,
    closed_from,
    closed_rows,
)
from dispatch_backend.schedules.queries.schedules import ResourceCard, of_resource, resource_found
from dispatch_backend.schedules.rules import SlotState, Week, state_of
from dispatch_backend.services.tables import Service
from foundation.clock import local, now, zone
from foundation.database.combined_query import CombinedQuery
from foundation.database.transactions import ActorSession
from foundation.language.bilingual import BilingualText
from identity.facilities.queries import FacilityCard


@dataclass(frozen=True, slots=True)
class SlotLine:
    """A time as its keeper sees it: whether it is taken, and never by whom."""

    id: UUID
    service: BilingualText
    starts_at: datetime
    ends_at: datetime
    state: SlotState


@dataclass(frozen=True, slots=True)
class DayOfSchedule:
    """The times that begin on a day, the earliest first."""

    day: date
    slots: Sequence[SlotLine]

    @property
    def taken(self) -> int:
        """How many somebody is booked for, those in a closed time among them."""
        return sum(each.state in (SlotState.TAKEN, SlotState.TO_MOVE) for each in self.slots)

    @property
    def free(self) -> int:
        return sum(each.state is SlotState.FREE for each in self.slots)


@dataclass(frozen=True, slots=True)
class ScheduleWeek:
    """A week of one resource, and what of it is closed, the earliest first."""

    resource: ResourceCard
    facility: FacilityCard
    week: Week
    days: Sequence[DayOfSchedule]
    closed: Sequence[ClosedTimeCard]

    @property
    def services(self) -> Sequence[BilingualText]:
        """What is offered in it, each once."""
        return list(dict.fromkeys(slot.service for day in self.days for slot in day.slots))

    @property
    def to_move(self) -> int:
        """How many are booked for a time of it that is closed."""
        return sum(slot.state is SlotState.TO_MOVE for day in self.days for slot in day.slots)


def schedule_week(session: ActorSession, resource_id: UUID, week: Week) -> ScheduleWeek:
    """Raises NotFound: no such resource, or of a facility whose schedules others keep."""
    since, until = (datetime.combine(day, time.min, zone()) for day in (week.monday, week.after))
    at = now()
    answer = WEEK.fetch(session, resource_id=resource_id, since=since, until=until)
    resource, facility = resource_found(answer)
    closed, booked = closed_from(answer.closed), {row.slot_id for row in answer.booked}
    slots: dict[date, list[SlotLine]] = {day: [] for day in week.days}
    for row in answer.slots:
        state = state_of(
            taken=row.taken,
            booked=row.id in booked,
            closed=any(each.begins < row.ends_at and each.ends > row.starts_at for each in closed),
            begun=row.starts_at <= at,
        )
        slots[local(row.starts_at).date()].append(
            SlotLine(row.id, BilingualText(row.name_en, row.name_ru), row.starts_at, row.ends_at, state)
        )
    days = [DayOfSchedule(day, found) for day, found in slots.items()]
    return ScheduleWeek(resource, facility, week, days, closed)


def _week_selects(session: ActorSession, resource_id: Any, since: Any, until: Any) -> dict[str, Select[Any]]:
    slots: Any = select(Slot.id, Service.name_en, Service.name_ru, Slot.starts_at, Slot.ends_at, Slot.taken)
    of_week = (
        slots.join(Service, Service.code == Slot.service_code)
        .where(Slot.resource_id == resource_id, Slot.starts_at >= since, Slot.starts_at < until)
        .order_by(Slot.starts_at, Slot.ends_at)
    )
    return {
        **of_resource(session, resource_id),
        "slots": of_week,
        "booked": booked_slots(resource_id, since, until),
        "closed": closed_rows(resource_id, since, until),
    }


WEEK = CombinedQuery(_week_selects)
