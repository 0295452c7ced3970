"""What the provider says, in English and Russian."""

from flask import request

from foundation.language.bilingual import BilingualText, bilingual

LANGUAGES = {"ru": "Русский", "en": "English"}

WORDS = {
    "title": bilingual("Demo eID"),
    "tagline": bilingual("Sign-in of the demo region"),
    "synthetic": bilingual("Everybody here is made up. This page stands in for a country’s sign-in."),
    "choose": bilingual("Choose who you are"),
    "purpose": bilingual("You are signing in to"),
    "find": bilingual("Find by name, role or SNILS"),
    "search": bilingual("Search"),
    "level": bilingual("Level of assurance"),
    "level_hint": bilingual(
        "How surely the provider says it knows this person. Records open from “substantial”."
    ),
    "level_card": bilingual("As on the card"),
    "low": bilingual("Low"),
    "substantial": bilingual("Substantial"),
    "high": bilingual("High"),
    "born": bilingual("Born"),
    "snils": bilingual("SNILS"),
    "use": bilingual("Sign in as this person"),
    "shown": bilingual("Cards shown: %(shown)s of %(found)s. Search to see others."),
    "nobody": bilingual("Nobody was found. Try another name."),
    "cancel": bilingual("Cancel and go back"),
    "visits": bilingual("Where you are signed in"),
    "no_visits": bilingual("You are not signed in anywhere with this browser."),
    "end_all": bilingual("Sign out everywhere"),
    "ask_end": bilingual("Do you want to sign out of Demo eID?"),
    "ended": bilingual("You are signed out of Demo eID."),
    "fault": bilingual("This sign-in cannot go on"),
    "fault_hint": bilingual(
        "The address that brought you here was not complete. Go back to the service and start again."
    ),
}


def reader_language() -> str:
    """The language asked for by the client or the browser; Russian without a wish."""
    wishes = [request.values.get("language", ""), *request.values.get("ui_locales", "").split()]
    for wish in wishes:
        if wish[:2] in LANGUAGES:
            return wish[:2]
    return request.accept_languages.best_match(list(LANGUAGES), default="ru") or "ru"


def said(text: BilingualText) -> str:
    return text.ru if reader_language() == "ru" else text.en


def words() -> dict[str, str]:
    """Every sentence in the reader's language."""
    return {name: said(text) for name, text in WORDS.items()}
