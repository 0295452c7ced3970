"""The people of the region: sixty with a story and a record, and many more who are only known to the dispatchers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from demo.chance import CITIZENS_FROM, day_between, numbered_id, snils, stream
from demo.facilities import DemoFacility
from demo.names import FEMALE, MALE, Name, some_name
from demo.story_lines import HEADLINES, OTHERS, Line
from foundation.language.bilingual import BilingualText
from identity.facilities.enumerations import FacilityKind
from identity.people.enumerations import AdministrativeGender
from identity.people.rules.names import full_name

STORY_PEOPLE = len(HEADLINES) + sum(line.people for line in OTHERS)


@dataclass(frozen=True, slots=True)
class Citizen:
    """A person of the region, attached to the facility `home`.

    Attributes:
        story: which of demo.stories their record tells; empty where they have none.
        line: the story in one sentence, for the identity card.
    """

    id: UUID
    number: int
    snils: str
    name: Name
    birth_date: date
    sex: AdministrativeGender
    home: DemoFacility
    story: str = ""
    line: BilingualText = BilingualText("", "")

    @property
    def full_name(self) -> str:
        return full_name(self.name.family, self.name.given, self.name.middle)


def make_citizens(facilities: Mapping[str, DemoFacility], people: int) -> tuple[Citizen, ...]:
    """The people with a story first, the twelve headlines before all; then so many that there are `people`."""
    chance = stream("citizens")
    homes = [each for each in facilities.values() if each.connected and each.kind in _HOMES]
    made = [
        _citizen(
            number, Name(*each.name.split()), each.birth_date, each.sex, facilities[each.home], each.line
        )
        for number, each in enumerate(HEADLINES)
    ]
    for line in OTHERS:
        for _ in range(line.people):
            sex = line.sex or chance.choice((FEMALE, MALE))
            born = day_between(chance, *line.born)
            home = chance.choice(homes)
            made.append(_citizen(len(made), some_name(chance, sex), born, sex, home, line))
    while len(made) < people:
        sex = chance.choice((FEMALE, FEMALE, MALE))
        born = day_between(chance, date(1932, 1, 1), date(2009, 12, 31))
        made.append(_citizen(len(made), some_name(chance, sex), born, sex, chance.choice(homes), None))
    return tuple(made)


_HOMES = (FacilityKind.POLYCLINIC, FacilityKind.DISTRICT_HOSPITAL, FacilityKind.VILLAGE_CLINIC)


def _citizen(
    number: int, name: Name, born: date, sex: AdministrativeGender, home: DemoFacility, line: Line | None
) -> Citizen:
    return Citizen(
        id=numbered_id("citizen", number),
        number=number,
        snils=snils(CITIZENS_FROM + number),
        name=name,
        birth_date=born,
        sex=sex,
        home=home,
        story=line.story if line else "",
        line=line.text if line else BilingualText("", ""),
    )
