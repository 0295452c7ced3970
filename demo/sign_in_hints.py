"""What `make run` tells about the people to try, in English or Russian."""

from collections.abc import Iterator

from demo.people import IdentityCard, card_groups

_SENTENCES = {
    "en": (
        "People to try. All are invented; choose the card of that name at the demo provider.",
        "Citizens",
        "Staff",
        "No record opens for",
        "{number} more citizens are found by name at the provider.",
    ),
    "ru": (
        "Кого попробовать. Все люди вымышлены; выберите у демонстрационного провайдера карту с этим именем.",
        "Граждане",
        "Сотрудники",
        "Карта не откроется",
        "Остальных граждан (их {number}) можно найти у провайдера по имени.",
    ),
}
_WIDTH = 32


def people_to_try(language: str) -> Iterator[str]:
    """A line for each person, by group."""
    groups = card_groups()
    opening, *titles, closing = _SENTENCES[language]
    yield opening
    for title, cards in zip(titles, (groups.citizens, groups.staff, groups.refused), strict=True):
        yield f"\n  {title}"
        for card in cards:
            yield f"    {_name(card):{_WIDTH}} {_hint(card, language)}"
    yield f"\n  {closing.format(number=len(groups.others))}"


def _name(card: IdentityCard) -> str:
    return f"{card.family_name} {card.given_name} {card.middle_name}"


def _hint(card: IdentityCard, language: str) -> str:
    said = card.role_hint.ru if language == "ru" else card.role_hint.en
    return said.removeprefix("Пациент. ").removeprefix("Patient. ")
