"""Doctors and dispatchers of the connected facilities."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from demo.chance import STAFF_FROM, day_between, numbered_id, snils, stream
from demo.facilities import DemoFacility
from demo.names import FEMALE, MALE, Name, some_name
from demo.specialties import SPECIALTIES, WORKING_AT
from foundation.language import Text
from identity.rules.facilities import CENTER_CODE
from identity.rules.people import full_name
from identity.rules.roles import Role

# Nezhinka's clinic has five areas, two of them for children, as the clinic that the programme began with.
_NEZHINKA = ("therapist", "therapist", "therapist", "paediatrician", "paediatrician")
_WOMEN_IN_A_HUNDRED = 68


@dataclass(frozen=True, slots=True)
class DemoStaff:
    """One member of staff at one facility. `specialty` is a key of demo.specialties."""

    id: UUID
    number: int
    snils: str
    name: Name
    birth_date: date
    specialty: str
    facility: DemoFacility

    @property
    def position(self) -> Text:
        return SPECIALTIES[self.specialty]

    @property
    def role(self) -> Role:
        return Role.DISPATCHER if self.facility.code == CENTER_CODE else Role.DOCTOR

    @property
    def full_name(self) -> str:
        return full_name(self.name.family, self.name.given, self.name.middle)


def make_staff(facilities: Iterable[DemoFacility]) -> tuple[DemoStaff, ...]:
    """Everybody who works at a connected facility, by facility; no two bear the same name."""
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
    return tuple(made)


def _specialties_of(facility: DemoFacility) -> tuple[str, ...]:
    if not facility.connected:
        return ()
    if facility.name.en == "Nezhinka Village Clinic":
        return _NEZHINKA
    return WORKING_AT[facility.kind]
