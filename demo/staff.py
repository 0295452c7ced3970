"""Doctors and dispatchers of the connected facilities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from demo.chance import STAFF_FROM, day_between, numbered_id, snils, stream
from demo.facilities import DemoFacility
from demo.names import FEMALE, MALE, Name, some_name
from demo.specialties import SPECIALTIES, WORKING_AT
from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import CENTER_CODE
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
        return Role.DISPATCHER if self.facility.code == CENTER_CODE else Role.DOCTOR

    @property
    def full_name(self) -> str:
        return full_name(self.name.family, self.name.given, self.name.middle)


def make_staff(facilities: Sequence[DemoFacility]) -> tuple[DemoStaff, ...]:
    """Everybody who works at a connected facility, by facility; no two bear the same name."""
    return _with_second_places(_one_place_each(facilities), {each.name.en: each for each in facilities})


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
    chance = stream("staff")
    made: list[DemoStaff] = []
    taken: set[Name] = set()
    for facility in facilities:
        for specialty in _specialties_of(facility):
            sex = FEMALE if chance.randrange(100) < _WOMEN_IN_A_HUNDRED else MALE
            name = some_name(chance, sex)
            while name in taken:
                name = some_name(chance, sex)
            taken.add(name)
            number = len(made)
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
