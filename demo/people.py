"""The identity cards to try the demo with: whom the demo identity provider knows. Pure, no database needed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from demo.chance import STRANGERS_FROM, snils
from demo.citizens import STORY_PEOPLE, Citizen
from demo.eid_provider.cards import IdentityCard
from demo.region import Region, Size, make_region
from demo.staff import DemoStaff
from demo.story_lines import HEADLINES
from foundation.language.bilingual import BilingualText

# Whoever lives this story is too young to sign in.
CHILDHOOD = "childhood"
SMALLEST = Size(people=STORY_PEOPLE)


_DOCTORS = (
    ("Nezhinka Village Clinic", "therapist"),
    ("Orenburg Polyclinic No. 1", "endocrinologist"),
    ("Saraktash District Hospital", "traumatologist"),
    ("Orenburg Oncology Centre", "oncologist"),
    ("Orsk Polyclinic No. 1", "obstetrician"),
    ("Orenburg Regional Hospital", "neurologist"),
)


@dataclass(frozen=True, slots=True)
class CardGroups:
    """The cards, by what they are good for; `refused` are those with which no record opens."""

    citizens: list[IdentityCard]
    staff: list[IdentityCard]
    refused: list[IdentityCard]
    others: list[IdentityCard]


def identity_cards() -> list[IdentityCard]:
    """Citizens known by name, staff of every role, four for whom signing in ends differently; then the others."""
    groups = card_groups()
    return [*groups.citizens, *groups.staff, *groups.refused, *groups.others]


def card_groups() -> CardGroups:
    """The same cards in their groups."""
    region = make_region(SMALLEST)
    headlines, others = region.story_people[: len(HEADLINES)], region.story_people[len(HEADLINES) :]
    doctors = [region.doctor(facility, specialty) for facility, specialty in _DOCTORS]
    children = [each for each in headlines if each.story == CHILDHOOD]
    refused = _refused(others)
    return CardGroups(
        citizens=[_of_citizen(each) for each in headlines if each not in children],
        staff=[_of_staff(each) for each in [*doctors, *_dispatchers(region), *region.further_staff]],
        refused=[*refused, *(_of_citizen(each) for each in children)],
        others=[_of_citizen(each) for each in others[len(refused) - 1 :] if each.story != CHILDHOOD],
    )


def _dispatchers(region: Region) -> list[DemoStaff]:
    center = region.facilities[0]
    return [each for each in region.staff if each.facility is center][:2]


def _of_citizen(citizen: Citizen) -> IdentityCard:
    return IdentityCard(
        sub=f"citizen-{citizen.number + 1:04}",
        snils=citizen.snils,
        family_name=citizen.name.family,
        given_name=citizen.name.given,
        middle_name=citizen.name.middle,
        birth_date=citizen.birth_date,
        role_hint=BilingualText(f"Patient. {citizen.line.en}", f"Пациент. {citizen.line.ru}"),
        level="high" if citizen.number % 2 == 0 else "substantial",
    )


def _of_staff(member: DemoStaff) -> IdentityCard:
    place = BilingualText(
        " and ".join(each.name.en for each in member.posts), " и ".join(each.name.ru for each in member.posts)
    )
    return IdentityCard(
        sub=f"staff-{member.number + 1:04}",
        snils=member.snils,
        family_name=member.name.family,
        given_name=member.name.given,
        middle_name=member.name.middle,
        birth_date=member.birth_date,
        role_hint=BilingualText(f"{member.position.en}, {place.en}", f"{member.position.ru}, {place.ru}"),
        level="high",
    )


def _refused(others: tuple[Citizen, ...]) -> list[IdentityCard]:
    """Three cards with which no record opens, and none of them learns why."""
    unknown = IdentityCard(
        *("stranger-0001", snils(STRANGERS_FROM), "Неизвестный", "Семён", "Семёнович", date(1985, 8, 8)),
        role_hint=BilingualText(
            "Not known to the service: no record opens", "Неизвестен службе: карта не откроется"
        ),
        level="high",
    )
    mistaken, unproven = (_of_citizen(each) for each in others[:2])
    return [
        unknown,
        replace(
            mistaken,
            birth_date=mistaken.birth_date + timedelta(days=1),
            role_hint=BilingualText(
                "Birth date differs from the register: no record opens",
                "Дата рождения расходится с реестром: карта не откроется",
            ),
        ),
        replace(
            unproven,
            role_hint=BilingualText(
                "Weakly proven identity: no record opens", "Слабое подтверждение личности: карта не откроется"
            ),
            level="low",
        ),
    ]
