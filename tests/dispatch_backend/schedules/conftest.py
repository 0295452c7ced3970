"""A keeper of schedules at the Dispatching Center, and a doctor whose week they keep."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from dispatch_backend.capacity.tables import Slot
from foundation.clock import local, moment_at, now
from foundation.identifiers import new_id
from identity.roles import Role
from tests.dispatch_backend.factories import CARDIOLOGIST, Desk
from tests.pages import hidden_fields
from tests.people import MadeStaff

ENGLISH = {"Accept-Language": "en"}


@dataclass
class Keeping:
    """The keeper's world: a day to come, and a cardiologist's room that offers 09:00–09:20 on it."""

    desk: Desk
    keeper: MadeStaff
    day: date
    room: str
    resource_id: UUID

    def at(self, hour: int, minute: int = 0) -> datetime | None:
        """A moment of that day by the region's clocks."""
        return moment_at(datetime.combine(self.day, time(hour, minute)))

    def slot(self, hour: int, minute: int = 0, **words) -> UUID:
        """Twenty minutes of the room's."""
        return self.desk.slot(starts_at=self.at(hour, minute), room=self.room, **words)

    def starts(self) -> list[str]:
        """When the times of the room begin, as the region's clocks show them."""
        with self.desk.as_actor(self.keeper.actor) as session:
            found = session.scalars(
                select(Slot.starts_at).where(Slot.resource_id == self.resource_id).order_by(Slot.starts_at)
            )
            return [f"{local(each):%H:%M}" for each in found]

    def asked(self, browser, *, address: str = "", **typed):
        """Send the form for more times as the page has it, and what is typed."""
        address = address or f"/dispatch/schedules/{self.resource_id}/times"
        page = browser.get(f"/dispatch/schedules/{self.resource_id}/times/new", headers=ENGLISH)
        form = {
            **hidden_fields(page),
            **{"day": self.day.isoformat(), "begins": "10:00", "ends": "11:00"},
            **{"minutes": "20", "service": CARDIOLOGIST},
            **typed,
        }
        return browser.post(address, data=form, headers=ENGLISH)


@pytest.fixture
def keeping(desk, people) -> Keeping:
    day, room = local(now()).date() + timedelta(days=4), str(new_id())
    keeper = people.staff(Role.SCHEDULE_KEEPER, facility_id=people.center())
    keeping = Keeping(desk, keeper, day, room, new_id())
    first = keeping.slot(9)
    with desk.as_loader() as session:
        keeping.resource_id = session.get_one(Slot, first).resource_id
    return keeping
