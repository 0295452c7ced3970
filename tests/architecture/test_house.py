"""The rules of the house that no linter knows: rooms, words, names, where SQL may stand."""

import ast
import re
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent.parent
ROOMS = ("identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
WORDS = {"routes", "forms", "actions", "queries", "tables", "rules"}
# Rooms with a wire of their own have one word more; identity's guards stand at every door.
OWN_WORDS = {
    "identity": {"provider", "guards"},
    "dispatch_backend": {"live"},
    "archive_gateway": {"dicom", "inspection", "intake", "store", "upstream"},
    "emr": {"border"},
}
# "services" is a word of the ward (what can be booked); "service" alone would say nothing.
BANNED_NAMES = re.compile(r"((util|helper|common|misc|manager|base|data|info)s?|service)(_|$)")

# The feast days of Russia: values in, values out.
PURE_PACKAGES = {"holidays"}
PURE_FOUNDATION = (
    "foundation.language.bilingual",
    "foundation.canonical_json",
    "foundation.language.dates",
    "foundation.errors",
    "foundation.hash_chain",
)
# What a code of ICD-10 is, in a note as in a referral; what a modality is called, in a record as on its pictures.
ONE_FOR_BOTH = ("dispatch_backend.services.rules.diagnoses", "archive_gateway.dicom.enumerations")


def _python_files(*folders: str) -> list[Path]:
    return [file for folder in folders for file in (HOUSE / folder).rglob("*.py")]


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_made_of_the_six_words(room):
    words = {file.stem if file.is_file() else file.name for file in (HOUSE / room).iterdir()} - {
        "__init__",
        "__pycache__",
    }

    assert words <= WORDS | OWN_WORDS.get(room, set())
    # Nobody types anything into the archive.
    assert words >= (WORDS - {"forms"} if room == "archive_gateway" else WORDS)


def test_no_file_has_a_name_that_says_nothing():
    named = [file for file in _python_files("foundation", *ROOMS, "demo") if BANNED_NAMES.match(file.stem)]

    assert named == []


def test_every_file_says_what_belongs_in_it():
    mute = [
        str(file.relative_to(HOUSE))
        for file in _python_files("foundation", *ROOMS, "demo", "migrations", "benchmarks", "tests")
        if file.read_text().strip() and not ast.get_docstring(ast.parse(file.read_text()))
    ]

    assert mute == []


def test_sql_stands_only_in_queries_and_migrations():
    """Text handed to the database is written where what is asked is written (and in foundation, which sends it)."""
    strangers = [
        str(file.relative_to(HOUSE))
        for file in _python_files(*ROOMS)
        if not {"queries", "tables"} & set(file.relative_to(HOUSE).with_suffix("").parts)
        and re.search(r"\b(?:sqlalchemy|sa)\.text\(|from sqlalchemy import [^\n]*\btext\b", file.read_text())
    ]

    assert strangers == []


def test_rules_know_only_the_standard_library_the_refusals_and_what_is_without_effects():
    strangers = [
        f"{file.relative_to(HOUSE)}: {name}"
        for room in ROOMS
        for file in [*(HOUSE / room).glob("rules.py"), *(HOUSE / room).glob("rules/**/*.py")]
        for name in _imported(file)
        if name.split(".")[0] not in sys.stdlib_module_names | PURE_PACKAGES
        and not name.startswith((*PURE_FOUNDATION, "identity.rules", *ONE_FOR_BOTH, f"{room}.rules"))
    ]

    assert strangers == []


# What each word may not touch, so that a reader knows where to look: forms type nothing into tables, queries change
# nothing, nothing below the routes knows the web.
MAY_NOT_TOUCH = {
    "routes": {"tables"},
    "forms": {"tables", "actions", "routes", "sqlalchemy", "flask"},
    "actions": {"routes", "forms", "flask"},
    "queries": {"actions", "routes", "forms", "flask"},
    "tables": {"actions", "queries", "routes", "forms", "flask"},
}


@pytest.mark.parametrize("word", MAY_NOT_TOUCH)
def test_each_word_keeps_to_what_it_may_touch(word):
    strangers = [
        f"{file.relative_to(HOUSE)}: {name}"
        for room in ROOMS
        for file in [*(HOUSE / room).glob(f"{word}.py"), *(HOUSE / room).glob(f"{word}/**/*.py")]
        for name in _imported(file)
        if MAY_NOT_TOUCH[word]
        & ({name.split(".")[1]} if name.startswith(ROOMS) and "." in name else {name.split(".")[0]})
    ]

    assert strangers == []


def _imported(file: Path) -> list[str]:
    names = []
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom):
            names.append(node.module or "")
        elif isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
    return names
