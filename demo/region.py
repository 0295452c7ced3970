"""The whole region as plain values: what make-demo-region loads and everything else agrees with."""

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from demo.citizens import STORY_PEOPLE, Citizen, make_citizens
from demo.devices import Device, make_devices
from demo.facilities import IN_THE_REGION, DemoFacility, make_facilities
from demo.staff import DemoStaff, make_further_staff, make_staff

PEOPLE_AT_SCALE_1 = 3000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a region.

    Attributes:
        facilities: at least the region's own 140.
        people: at least those with a story.
        dispatch: 1 gives exactly the records of the programme's card.
        image_copies: how many times each picture series is stored, under new numbers.
    """

    facilities: int = IN_THE_REGION
    people: int = PEOPLE_AT_SCALE_1
    dispatch: float = 1.0
    image_copies: int = 1

    @classmethod
    def of(cls, scale: float) -> "Size":
        """Everything larger or smaller by one number; the named people, facilities and pictures always stay."""
        return cls(
            facilities=max(IN_THE_REGION, round(IN_THE_REGION * scale)),
            people=max(STORY_PEOPLE, round(PEOPLE_AT_SCALE_1 * scale)),
            dispatch=scale,
            image_copies=max(1, round(scale)),
        )

    def with_numbers(self, **numbers: int | None) -> "Size":
        """The same with the numbers that are given; none below what the named people and facilities need."""
        least = {"facilities": IN_THE_REGION, "people": STORY_PEOPLE, "image_copies": 1}
        chosen = {name: max(least[name], number) for name, number in numbers.items() if number is not None}
        return replace(self, **chosen)


@dataclass(frozen=True)
class Region:
    """Facilities (the Dispatching Center first), devices, staff and citizens.

    Attributes:
        staff: doctors and dispatchers.
        further_staff: one for each other role.
    """

    size: Size
    facilities: tuple[DemoFacility, ...]
    devices: tuple[Device, ...]
    staff: tuple[DemoStaff, ...]
    further_staff: tuple[DemoStaff, ...]
    citizens: tuple[Citizen, ...]

    @cached_property
    def facility_named(self) -> dict[str, DemoFacility]:
        return {each.name.en: each for each in self.facilities}

    @cached_property
    def story_people(self) -> tuple[Citizen, ...]:
        return tuple(each for each in self.citizens if each.story)

    @cached_property
    def _posts(self) -> dict[tuple[str, str], list[DemoStaff]]:
        found: dict[tuple[str, str], list[DemoStaff]] = {}
        for each in self.staff:
            found.setdefault((each.facility.code, each.specialty), []).append(each)
        return found

    def doctor(self, facility: str, specialty: str, which: int = 0) -> DemoStaff:
        """A doctor of that specialty at the facility of that English name."""
        doctors = self._posts[self.facility_named[facility].code, specialty]
        return doctors[which % len(doctors)]


@lru_cache(maxsize=4)
def make_region(size: Size | None = None) -> Region:
    """The region of that size, always the same."""
    size = size or Size()
    facilities = make_facilities(size.facilities)
    staff = make_staff(facilities)
    return Region(
        size=size,
        facilities=facilities,
        devices=make_devices(facilities),
        staff=staff,
        further_staff=make_further_staff(facilities, staff),
        citizens=make_citizens({each.name.en: each for each in facilities}, size.people),
    )
