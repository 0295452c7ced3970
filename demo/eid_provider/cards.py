"""The identity cards a visitor may choose from: synthetic people only."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from foundation.language.bilingual import BilingualText

LEVELS = ("low", "substantial", "high")
SHOWN_AT_ONCE = 24
# The demo region numbers its people so.
STAFF = "staff-"
PATIENT = BilingualText("Patient", "Пациент")


@dataclass(frozen=True, slots=True)
class IdentityCard:
    """One person as the provider knows them.

    Attributes:
        sub: the provider's own number for the person.
        snils: eleven digits.
        role_hint: what the visitor will see with this card, in one line.
        level: how well the provider says the person is proven: low, substantial or high.
    """

    sub: str
    snils: str
    family_name: str
    given_name: str
    middle_name: str
    birth_date: date
    role_hint: BilingualText
    level: str

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.family_name, self.given_name, self.middle_name) if part)

    @property
    def snils_as_printed(self) -> str:
        digits = self.snils
        return f"{digits[:3]}-{digits[3:6]}-{digits[6:9]} {digits[9:]}"


# Enough to try the provider alone; the demo region brings its own people.
OWN_CARDS = (
    IdentityCard(
        "card-0001", "11223344595", "Соколова", "Анна", "Петровна", date(1957, 3, 14), PATIENT, "high"
    ),
    IdentityCard(
        "card-0002", "08765430300", "Ким", "Артём", "Сергеевич", date(1984, 11, 2), PATIENT, "substantial"
    ),
    IdentityCard(
        "staff-own-1",
        "16015827746",
        "Орлова",
        "Мария",
        "Ивановна",
        date(1979, 6, 30),
        BilingualText("Doctor", "Врач"),
        "high",
    ),
    IdentityCard(
        "staff-own-2",
        "14380519252",
        "Юсупов",
        "Тимур",
        "Ринатович",
        date(1990, 1, 9),
        BilingualText("Dispatcher", "Диспетчер"),
        "high",
    ),
    IdentityCard(
        "card-0005", "15555555588", "Степанов", "Олег", "Юрьевич", date(2001, 8, 21), PATIENT, "low"
    ),
)


def read_cards(people_file: Path) -> tuple[IdentityCard, ...]:
    """The people of the demo region's list; without one, a few of our own."""
    if not people_file.exists():
        return OWN_CARDS
    return tuple(_card(entry) for entry in json.loads(people_file.read_text(encoding="utf-8")))


def found(cards: tuple[IdentityCard, ...], text: str) -> tuple[IdentityCard, ...]:
    """The cards in whose name, role or number every word of the text begins a word."""
    words = [f" {word}" for word in _folded(text).split()]
    return tuple(card for card in cards if all(word in f" {_searchable(card)}" for word in words))


def suited(cards: tuple[IdentityCard, ...], *, staff: bool) -> tuple[IdentityCard, ...]:
    """The same cards, those first with which most people come to this client."""
    return tuple(sorted(cards, key=lambda card: card.sub.startswith(STAFF) is not staff))


def _card(entry: dict) -> IdentityCard:
    hint = entry.get("role_hint", {})
    return IdentityCard(
        sub=entry["sub"],
        snils=entry["snils"],
        family_name=entry["family_name"],
        given_name=entry["given_name"],
        middle_name=entry.get("middle_name", ""),
        birth_date=date.fromisoformat(entry["birth_date"]),
        role_hint=BilingualText(hint.get("en", ""), hint.get("ru", "")),
        level=entry.get("level", "substantial"),
    )


def _searchable(card: IdentityCard) -> str:
    return _folded(
        f"{card.full_name} {card.role_hint.en} {card.role_hint.ru} {card.snils} {card.snils_as_printed}"
    )


def _folded(text: str) -> str:
    return text.casefold().replace("ё", "е")
