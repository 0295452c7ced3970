"""What `make run` tells about the people to try, in English or Russian."""

from collections.abc import Iterator

from demo.people import IdentityCard, card_groups
from foundation.language.latin_letters import in_latin_letters

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
_LATIN_WIDTH = 22


def people_to_try(language: str) -> Iterator[str]:
    """A line for each person, by group."""
    groups = card_groups()
    opening, *titles, closing = _SENTENCES[language]
    yield opening
    for title, cards in zip(titles, (groups.citizens, groups.staff, groups.refused), strict=True):
        yield f"\n  {title}"
        for card in cards:
            yield f"    {_names(card, language)} {_hint(card, language)}"
    yield f"\n  {closing.format(number=len(groups.others))}"


def _names(card: IdentityCard, language: str) -> str:
    """As the card says it; for readers of English before it in Latin letters, as documents name these people."""
    said = f"{card.family_name} {card.given_name} {card.middle_name}"
    if language == "ru":
        return f"{said:{_WIDTH}}"
    return f"{in_latin_letters(f'{card.given_name} {card.family_name}'):{_LATIN_WIDTH}} {said:{_WIDTH}}"


def _hint(card: IdentityCard, language: str) -> str:
    said = card.role_hint.ru if language == "ru" else card.role_hint.en
    return said.removeprefix("Пациент. ").removeprefix("Patient. ")
