"""Where a story plays: the citizen's record, the doctors near and far, and chance of the citizen's own."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from demo.chance import stream
from demo.record import Record
from demo.region import Region
from demo.staff import DemoStaff

# The oldest entries are those that the founding of the centre found in the paper charts.
FIRST_DAY = date(2009, 10, 12)
ADULT_YEARS = 18
# Stories end before this day, so that none lies in anybody's future.
LAST_DAY = date(2025, 12, 20)


@dataclass(frozen=True)
class Scene:
    region: Region
    record: Record

    @cached_property
    def chance(self) -> random.Random:
        return stream(f"story of {self.record.citizen.number}")

    @cached_property
    def home_doctor(self) -> DemoStaff:
        """The doctor of the citizen's own area."""
        citizen = self.record.citizen
        child = citizen.birth_date.year > LAST_DAY.year - ADULT_YEARS
        return self.region.doctor(
            citizen.home.name.en, "paediatrician" if child else "therapist", citizen.number
        )

    @cached_property
    def first_moment(self) -> datetime:
        born = self.record.citizen.birth_date
        return self.record.at(max(FIRST_DAY, born + timedelta(days=5)), 8)

    def doctor(self, facility: str, specialty: str) -> DemoStaff:
        return self.region.doctor(facility, specialty, self.record.citizen.number)

    def nearest(self, *facilities: str) -> str:
        """The one of these that lies nearest to the citizen's polyclinic."""
        home = self.record.citizen.home
        places = [self.region.facility_named[each] for each in facilities]
        found = min(
            places,
            key=lambda each: (each.latitude - home.latitude) ** 2 + (each.longitude - home.longitude) ** 2,
        )
        return found.name.en

    def working_day(self, day: date) -> date:
        """The day itself, or the Monday after a weekend."""
        return day + timedelta(days=max(0, 7 - day.weekday()) % 7 if day.weekday() >= 5 else 0)

    def every(self, first: date, days: int, times: int) -> list[date]:
        """Days about that far apart, on working days, as long as the stories go."""
        found = []
        day = first
        for _ in range(times):
            if day <= LAST_DAY:
                found.append(self.working_day(day))
            day += timedelta(days=days + self.chance.randint(-6, 6))
        return found
