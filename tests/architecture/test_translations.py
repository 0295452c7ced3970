"""Everything that people read exists in Russian too."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po
from jinja2 import Environment

from foundation.errors import Refusal
from tests.architecture.house import HOUSE, nodes_of, tree_of

ROOMS = ("foundation", "identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
FOLDERS = (*ROOMS, "demo/eid_provider")
# Names of functions and refusals whose first argument is a sentence for people.
SAID_BY = ("_", "gettext", "ngettext", "lazy", "lazy_gettext", "bilingual")
REFUSALS = tuple(each.__name__ for each in Refusal.__subclasses__() if each.__module__ == Refusal.__module__)
OWN_REFUSAL = re.compile(rf"^class \w+\((?:Refusal|{'|'.join(REFUSALS)})\)", re.MULTILINE)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


# A sentence, and the context that tells which of several things it says; most need none.
Sentence = tuple[str, str]


@cache
def _said_in_python() -> frozenset[Sentence]:
    keywords = dict.fromkeys((*SAID_BY, *REFUSALS))
    keywords["ngettext"] = keywords["bilingual_count"] = (1, 2)
    keywords["bilingual_in"] = ((1, "c"), 2)
    said = set()
    for folder in FOLDERS:
        for file in (HOUSE / folder).rglob("*.py"):
            # A room's own refusal hands its sentence up to the family.
            handing_up = {"__init__": None} if OWN_REFUSAL.search(file.read_text()) else {}
            for _line, message, _comments, context in extract_from_file(
                "python", file, keywords={**keywords, **handing_up}
            ):
                said.add((message[0] if isinstance(message, tuple) else message, context or ""))
    return frozenset(said)


def _said_in_templates() -> set[Sentence]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    said = set()
    for file in (HOUSE / "templates").rglob("*.html"):
        for _line, _function, message in environment.extract_translations(file.read_text()):
            first = message[0] if isinstance(message, tuple) else message
            if first:
                said.add((first, ""))
    return said


def _catalogues() -> Iterator[tuple[Sentence, str]]:
    for file in (HOUSE / "translations").glob("*/ru/LC_MESSAGES/messages.po"):
        with file.open("rb") as opened:
            yield from _entries(read_po(opened, locale="ru"))


def _entries(catalogue: Catalog) -> Iterator[tuple[Sentence, str]]:
    for message in catalogue:
        said = message.string if isinstance(message.string, str) else "".join(message.string)
        if message.id and said and not message.fuzzy:
            yield (message.id if isinstance(message.id, str) else message.id[0], message.context or ""), said


@cache
def _in_russian() -> dict[Sentence, str]:
    return dict(_catalogues())


def test_every_sentence_in_the_code_exists_in_russian():
    assert sorted(_said_in_python() - _in_russian().keys()) == []


def test_every_sentence_in_the_pages_exists_in_russian():
    assert sorted(_said_in_templates() - _in_russian().keys()) == []


def test_a_translation_fills_in_the_same_values():
    differing = [
        sentence
        for (sentence, _context), said in _in_russian().items()
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


# The names of the languages are written in their own language on every page; a command has one name only.
PROPER_NAMES = {"Русский", "English", "recount-reports"}


def test_the_extraction_finds_sentences_at_all():
    said = _said_in_python()

    assert ("Record not found.", "") in said
    assert ("The sign-in service is not answering. Please try again in a few minutes.", "") in said
    assert ("normal is %(range)s", "") in said
    assert ("Taken", "images") in said


def test_no_two_catalogues_say_the_same_sentence_differently():
    """The last of them would be heard, and which is the last nobody knows."""
    entries = list(_catalogues())

    assert len(entries) > 700
    assert _contradictions(entries) == set()
    assert _contradictions([*entries, (("Patients", ""), "Больные")]) == {("Patients", "")}


def _contradictions(entries: list[tuple[Sentence, str]]) -> set[Sentence]:
    said = defaultdict(set)
    for sentence, russian in entries:
        said[sentence].add(russian)
    return {sentence for sentence, ways in said.items() if len(ways) > 1}


# Names that are data: a language's own, and the one of the provider that stands in for a country's; what people type.
RUSSIAN_IN_PYTHON = {
    "foundation/commands/csv_values.py": ["нет"],
    "foundation/language/translation.py": ["Русский"],
    "identity/providers/demo_profiles.py": ["Демо-ЭИ"],
    "identity/patients/rules/search.py": ["года", "рождения"],
}
# Letters of the alphabet, by the sounds and keys that stand for them, and endings that a word takes: nobody reads them
# as words.
RUSSIAN_LETTERS = (
    "identity/patients/rules/spelling.py",
    "foundation/language/latin_letters.py",
    "emr/summaries/rules/note_headlines.py",
)


def test_the_catalogues_alone_hold_the_russian_of_our_sentences():
    files = {
        file.relative_to(HOUSE).as_posix(): _russian_words(tree_of(file))
        for folder in ROOMS
        for file in (HOUSE / folder).rglob("*.py")
    }

    assert len(files) > 200
    assert not any(" " in word for name in RUSSIAN_LETTERS for word in files.pop(name))
    assert {name: words for name, words in files.items() if words} == RUSSIAN_IN_PYTHON
    planted = ast.parse('NAMES = {"a": ("Visit", "Визит"), "b": f"{1} снимков"}')
    assert _russian_words(planted) == ["Визит", " снимков"]


def _russian_words(tree: ast.Module) -> list[str]:
    """Constants with a word in Russian, docstrings apart."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    told = {
        id(node.body[0].value)
        for node in nodes_of(tree)
        if isinstance(node, documented) and ast.get_docstring(node)
    }
    return [
        node.value
        for node in nodes_of(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in told
        and re.search(r"(?<![-\[])[А-Яа-яЁё]{3,}(?!-)", node.value)
    ]
