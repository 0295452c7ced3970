"""Everything that people read exists in Russian too."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment

from foundation.errors import Refusal

HOUSE = Path(__file__).parent.parent.parent
FOLDERS = ("foundation", "identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
# Names of functions and refusals whose first argument is a sentence for people.
SAID_BY = ("_", "gettext", "ngettext", "lazy", "lazy_gettext", "pgettext")
REFUSALS = tuple(each.__name__ for each in Refusal.__subclasses__() if each.__module__ == Refusal.__module__)
OWN_REFUSAL = re.compile(rf"^class \w+\((?:Refusal|{'|'.join(REFUSALS)})\)", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def _said_in_python() -> set[str]:
    keywords = dict.fromkeys((*SAID_BY, *REFUSALS))
    keywords["ngettext"] = (1, 2)
    said = set()
    for folder in FOLDERS:
        for file in (HOUSE / folder).rglob("*.py"):
            # A room's own refusal hands its sentence up to the family.
            handing_up = {"__init__": None} if OWN_REFUSAL.search(file.read_text()) else {}
            for _line, message, _comments, _context in extract_from_file(
                "python", file, keywords={**keywords, **handing_up}
            ):
                said.add(message[0] if isinstance(message, tuple) else message)
    return said


def _said_in_templates() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    said = set()
    for file in (HOUSE / "templates").rglob("*.html"):
        for _line, _function, message in environment.extract_translations(file.read_text()):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                said.add(first)
    return said


def _in_russian() -> dict[str, str]:
    known = {}
    for file in (HOUSE / "translations").glob("*/ru/LC_MESSAGES/messages.po"):
        with file.open("rb") as opened:
            for message in read_po(opened, locale="ru"):
                said = message.string if isinstance(message.string, str) else "".join(message.string)
                if message.id and said and not message.fuzzy:
                    known[message.id if isinstance(message.id, str) else message.id[0]] = said
    return known


def test_every_sentence_in_the_code_exists_in_russian():
    assert sorted(_said_in_python() - _in_russian().keys()) == []


def test_every_sentence_in_the_pages_exists_in_russian():
    assert sorted(_said_in_templates() - _in_russian().keys()) == []


def test_a_translation_fills_in_the_same_values():
    differing = [
        sentence
        for sentence, said in _in_russian().items()
        if set(PLACEHOLDER.findall(said)) - set(PLACEHOLDER.findall(sentence))
    ]

    assert differing == []


def test_no_page_says_something_outside_the_catalogues():
    """Words between tags, or in labels and titles, must stand in `_()`: what remains of a template has no letters."""
    outside = []
    for file in (HOUSE / "templates").rglob("*.html"):
        source = re.sub(r"\{% block page_class %\}.*?\{% endblock %\}", " ", file.read_text())
        source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", source, flags=re.DOTALL)
        source = re.sub(r"<(script|style|svg|kbd)\b.*?</\1>", " ", source, flags=re.DOTALL)
        spoken = re.findall(r'\b(?:alt|title|placeholder|aria-label)="([^"]*)"', source)
        spoken += re.findall(r">([^<>]+)<", source)
        words = [
            text.strip() for text in spoken if re.search(r"[A-Za-zА-Яа-яЁё]{3,}", re.sub(r"&\w+;", "", text))
        ]
        outside += [f"{file.relative_to(HOUSE)}: {word}" for word in words if word not in PROPER_NAMES]

    assert outside == []


# The names of the languages are written in their own language on every page.
PROPER_NAMES = {"Русский", "English"}


def test_the_extraction_finds_sentences_at_all():
    said = _said_in_python()

    assert "There is no such patient." in said
    assert "The identity provider is not answering. Please try again in a few minutes." in said
