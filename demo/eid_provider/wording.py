"""What the provider says, in English and Russian."""

from flask import request

from foundation.language import Text

LANGUAGES = {"ru": "Русский", "en": "English"}

WORDS = {
    "title": Text("Demo eID", "Демо-ЭИ"),
    "tagline": Text(
        "Electronic identity of the demo region", "Электронный идентификатор демонстрационного региона"
    ),
    "synthetic": Text(
        "Everybody here is made up. This page stands in for a country's electronic identity.",
        "Все люди здесь вымышлены. Эта страница заменяет государственный электронный идентификатор.",
    ),
    "choose": Text("Choose an identity card", "Выберите удостоверение"),
    "purpose": Text("You are signing in to", "Куда вы входите"),
    "find": Text("Find by name, role or SNILS", "Найти по имени, роли или СНИЛС"),
    "search": Text("Search", "Найти"),
    "level": Text("Level of assurance", "Уровень доверия"),
    "level_hint": Text(
        "How surely the provider says it knows this person. Records open from “substantial”.",
        "Насколько надёжно подтверждена личность. Медицинская карта открывается с уровня «существенный».",
    ),
    "level_card": Text("As on the card", "Как на карте"),
    "low": Text("Low", "Низкий"),
    "substantial": Text("Substantial", "Существенный"),
    "high": Text("High", "Высокий"),
    "born": Text("Born", "Дата рождения"),
    "snils": Text("SNILS", "СНИЛС"),
    "use": Text("Sign in with this card", "Войти с этим удостоверением"),
    "shown": Text(
        "Cards shown: %(shown)s of %(found)s. Search to see others.",
        "Показано: %(shown)s из %(found)s. Другие найдёт поиск.",
    ),
    "nobody": Text("Nobody was found. Try another name.", "Никто не найден. Попробуйте другое имя."),
    "cancel": Text("Cancel and go back", "Отменить и вернуться"),
    "visits": Text("Where you are signed in", "Где выполнен вход"),
    "no_visits": Text(
        "You are not signed in anywhere with this browser.", "В этом браузере вход нигде не выполнен."
    ),
    "end_all": Text("Sign out everywhere", "Выйти везде"),
    "ask_end": Text(
        "Do you want to sign out of the electronic identity?", "Выйти из электронного идентификатора?"
    ),
    "ended": Text(
        "You are signed out of the electronic identity.", "Вы вышли из электронного идентификатора."
    ),
    "fault": Text("This sign-in cannot go on", "Этот вход нельзя продолжить"),
    "fault_hint": Text(
        "The address that brought you here was not complete. Go back to the service and start again.",
        "Адрес, по которому вы пришли, неполон. Вернитесь в сервис и начните вход заново.",
    ),
}


def reader_language() -> str:
    """The language asked for by the client or the browser; Russian without a wish."""
    wishes = [request.values.get("language", ""), *request.values.get("ui_locales", "").split()]
    for wish in wishes:
        if wish[:2] in LANGUAGES:
            return wish[:2]
    return request.accept_languages.best_match(list(LANGUAGES), default="ru") or "ru"


def said(text: Text) -> str:
    return text.ru if reader_language() == "ru" else text.en


def words() -> dict[str, str]:
    """Every sentence in the reader's language."""
    return {name: said(text) for name, text in WORDS.items()}
