"""People in the registrar's care, each for one journey: what one journey does to them no other meets."""

import json
from datetime import timedelta
from pathlib import Path

from demo.citizens import Citizen
from demo.region import Size, make_region
from foundation.clock import today
from tests.journeys.conftest import DESK, PHONE

REGISTRAR, PLACE = "staff-0314", "Orenburg Polyclinic No. 1"
OF_AGE = timedelta(days=365 * 19)
# Every journey of the registrar's in both sizes and both languages.
LOOKS = [(PHONE, "ru"), (DESK, "en"), (PHONE, "en"), (DESK, "ru")]
NAMES = ["phone-ru", "desk-en", "phone-en", "desk-ru"]
# Beyond those who have a card of the demo's own.
FIRST = 400
HOW_MANY = {"registrar": 8, "guardian": 4, "death": 4, "conflict": 4, "contact": 2, "merge": 4}


def cared_for(journey: str) -> list[Citizen]:
    """The adults of one of `HOW_MANY`, who live near the registrar's facility and are attached to it."""
    near = [
        each
        for each in make_region(Size.of(1.0)).citizens[FIRST:]
        if each.home.name.en == PLACE and each.birth_date < today() - OF_AGE
    ]
    journeys = list(HOW_MANY)
    before = sum(HOW_MANY[each] for each in journeys[: journeys.index(journey)])
    return near[before : before + HOW_MANY[journey]]


def add_card(data_dir: Path, citizen: Citizen, subject: str, hint: dict[str, str], **other: str) -> str:
    """A card at the demo provider for somebody who has none; `other` is what the provider says otherwise. Returns its subject."""
    file = data_dir / "demo" / "people.json"
    card = {
        "sub": subject,
        "snils": citizen.snils,
        "family_name": citizen.name.family,
        "given_name": citizen.name.given,
        "middle_name": citizen.name.middle,
        "birth_date": citizen.birth_date.isoformat(),
        "role_hint": hint,
        "level": "high",
    }
    file.write_text(json.dumps([card | other, *json.loads(file.read_text())], ensure_ascii=False))
    return subject
