"""The staff of the connected facilities: doctors and dispatchers, and one for each further role."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from demo.chance import STAFF_FROM, day_between, numbered_id, snils, stream
from demo.facilities import DemoFacility
from demo.names import FEMALE, MALE, Name, some_name
from demo.specialties import FURTHER_STAFF, ROLES, SPECIALTIES, WORKING_AT
from foundation.language.bilingual import BilingualText
from identity.people.rules.names import full_name
from identity.roles import Role

# Nezhinka's clinic has five areas, two of them for children, as the clinic that the programme began with.
_NEZHINKA = ("therapist", "therapist", "therapist", "paediatrician", "paediatrician")
_WOMEN_IN_A_HUNDRED = 68
# Who works at two places chooses one after signing in.
_ALSO_AT = {("Orenburg Oncology Centre", "oncologist"): "Orenburg Polyclinic No. 1"}


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One member of staff. `specialty` is a key of demo.specialties; `also_at` is a second place of work."""

    id: UUID
    number: int
    snils: str
    name: Name
    birth_date: date
    specialty: str
    facility: DemoFacility
    also_at: DemoFacility | None = None

    @property
    def posts(self) -> tuple[DemoFacility, ...]:
        """Every place of work, the first one first."""
        return (self.facility, self.also_at) if self.also_at else (self.facility,)

    @property
    def position(self) -> BilingualText:
        return SPECIALTIES[self.specialty]

    @property
    def role(self) -> Role:
        return ROLES.get(self.specialty, Role.DOCTOR)

    @property
    def full_name(self) -> str:
        return full_name(self.name.family, self.name.given, self.name.middle)


def make_staff(facilities: Sequence[DemoFacility]) -> tuple[DemoStaff, ...]:
    """Everybody who works at a connected facility, by facility; no two bear the same name."""
    return _with_second_places(_one_place_each(facilities), {each.name.en: each for each in facilities})


def make_further_staff(
    facilities: Sequence[DemoFacility], staff: Sequence[DemoStaff]
) -> tuple[DemoStaff, ...]:
    """One for each role that nobody of the staff has; drawn apart, so that the others stay who they are."""
    named = {each.name.en: each for each in facilities}
    places = [(named[facility], specialty) for facility, specialty in FURTHER_STAFF]
    return tuple(_hired("further staff", places, taken={each.name for each in staff}, first=len(staff)))


def _with_second_places(
    staff: Iterable[DemoStaff], named: Mapping[str, DemoFacility]
) -> tuple[DemoStaff, ...]:
    """The first of the profession at such a place works at the other place too."""
    waiting = dict(_ALSO_AT)
    return tuple(
        replace(each, also_at=named[second])
        if (second := waiting.pop((each.facility.name.en, each.specialty), None))
        else each
        for each in staff
    )


def _one_place_each(facilities: Iterable[DemoFacility]) -> list[DemoStaff]:
    places = [(facility, specialty) for facility in facilities for specialty in _specialties_of(facility)]
    return _hired("staff", places, taken=set(), first=0)


def _hired(
    drawn_from: str, places: Iterable[tuple[DemoFacility, str]], *, taken: set[Name], first: int
) -> list[DemoStaff]:
    """Somebody for each place; the names in `taken` are borne already, `first` is the number of the first one."""
    chance = stream(drawn_from)
    made: list[DemoStaff] = []
    for number, (facility, specialty) in enumerate(places, first):
        sex = FEMALE if chance.randrange(100) < _WOMEN_IN_A_HUNDRED else MALE
        name = some_name(chance, sex)
        while name in taken:
            name = some_name(chance, sex)
        taken.add(name)
        made.append(
            DemoStaff(
                id=numbered_id("staff", number),
                number=number,
                snils=snils(STAFF_FROM + number),
                name=name,
                birth_date=day_between(chance, date(1958, 1, 1), date(1996, 12, 31)),
                specialty=specialty,
                facility=facility,
            )
        )
    return made


def _specialties_of(facility: DemoFacility) -> tuple[str, ...]:
    if not facility.connected:
        return ()
    if facility.name.en == "Nezhinka Village Clinic":
        return _NEZHINKA
    return WORKING_AT[facility.kind]
