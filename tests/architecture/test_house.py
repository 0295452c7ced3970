"""The rules of the house that no linter knows: subjects, words, names, where SQL may stand.

Each look counts what it looked at, so that one which finds nothing to look at fails, and each finds an offence that is
planted before it.
"""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.house import (
    FURTHER_WORDS,
    HOUSE,
    IDENTITY_ON_TOP,
    ON_TOP,
    OWN_WORDS,
    ROOMS,
    ROOMS_OF_ONE_SUBJECT,
    WORDS,
    files_of_word,
    imported,
    name_of,
    python_files,
    subjects,
    tree_of,
)

# "services" is a word of the ward (what can be booked); "service" alone would say nothing.
BANNED_NAMES = re.compile(r"((util|helper|common|misc|manager|base|data|info)s?|service)(_|$)")

# Domains of any letters: values in, values out.
PURE_PACKAGES = {"idna"}
PURE_FOUNDATION = (
    "foundation.errors",
    "foundation.canonical_json",
    "foundation.hash_chain",
    "foundation.language.bilingual",
    "foundation.language.dates",
    "foundation.language.latin_letters",
    "foundation.language.marks",
    "foundation.xhtml",
)


# ---- subjects --------------------------------------------------------------------------------------


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ROOMS_OF_ONE_SUBJECT])
def test_a_room_is_made_of_subjects(room):
    beside = {each.name for each in (HOUSE / room).iterdir() if each.is_file()}

    assert beside <= ON_TOP | (IDENTITY_ON_TOP if room == "identity" else set())
    assert len(subjects(room)) >= 5


def test_a_subject_is_made_of_the_six_words_and_the_few_that_it_names():
    strangers = [
        name_of(file)
        for subject in subjects()
        for file in subject.iterdir()
        if _is_code(file) and not _is_a_word(subject, file)
    ]

    assert len(subjects()) > 40
    assert strangers == []


def test_every_room_and_every_subject_says_what_it_is():
    looked_at = [*subjects(), *(HOUSE / room for room in (*ROOMS, "foundation", "runtime", "demo"))]

    assert [name_of(each) for each in looked_at if not _told(each / "__init__.py")] == []


def test_no_subject_has_words_of_its_own_that_it_no_longer_holds():
    gone = [
        f"{subject}/{word}"
        for subject, words in OWN_WORDS.items()
        for word in words or {"__init__"}
        if not ((HOUSE / subject / f"{word}.py").exists() or (HOUSE / subject / word).is_dir())
    ]

    assert gone == []


def _is_code(file: Path) -> bool:
    return file.suffix == ".py" or (file.is_dir() and any(file.rglob("*.py")))


def _is_a_word(subject: Path, file: Path) -> bool:
    own = OWN_WORDS.get(name_of(subject), set())
    return own is None or file.stem in {"__init__", *WORDS, *FURTHER_WORDS, *own}


# ---- names -----------------------------------------------------------------------------------------


def test_no_file_has_a_name_that_says_nothing():
    looked_at = python_files("foundation", "runtime", *ROOMS, "demo")

    assert len(looked_at) > 400
    assert [name_of(file) for file in looked_at if BANNED_NAMES.match(file.stem)] == []


@pytest.mark.parametrize("stem", ["utils", "helpers", "base", "service", "info_of", "common_words"])
def test_names_that_say_nothing_are_found(stem):
    assert BANNED_NAMES.match(stem)


def test_every_file_says_what_belongs_in_it():
    looked_at = python_files("foundation", "runtime", *ROOMS, "demo", "migrations", "benchmarks", "tests")

    assert [name_of(file) for file in looked_at if file.read_text().strip() and not _told(file)] == []


def _told(file: Path) -> bool:
    return bool(ast.get_docstring(tree_of(file)))


def test_no_file_takes_an_underscore_name_of_another():
    """What another file may say is public; what begins with an underscore is known to its own file alone."""
    looked_at = python_files("foundation", "runtime", *ROOMS, "demo", "benchmarks", "tests")
    taken = [f"{name_of(file)}: {name}" for file in looked_at for name in imported(file) if _is_hidden(name)]

    assert len(looked_at) > 600
    assert taken == []


def test_an_underscore_name_taken_of_another_is_found(tmp_path):
    (tmp_path / "taker.py").write_text("from emr.desk.forms import _upper\nfrom emr import __doc__ as told\n")

    assert [name for name in imported(tmp_path / "taker.py") if _is_hidden(name)] == ["emr.desk.forms._upper"]


def _is_hidden(name: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


def test_no_file_only_hands_on_what_others_define():
    """What a subject offers is imported from where it stands."""
    facades = [name_of(file) for file in python_files("foundation", "runtime", *ROOMS) if _is_a_facade(file)]

    assert facades == []


def test_a_file_that_only_hands_on_is_found(tmp_path):
    (tmp_path / "facade.py").write_text('"""All."""\n\nfrom a.b import c\n\n__all__ = ["c"]\n')

    assert _is_a_facade(tmp_path / "facade.py")


def _is_a_facade(file: Path) -> bool:
    statements = [each for each in tree_of(file).body if not isinstance(each, ast.Expr)]
    return bool(statements) and all(
        isinstance(each, ast.Import | ast.ImportFrom)
        or (isinstance(each, ast.Assign) and ast.unparse(each.targets[0]) == "__all__")
        for each in statements
    )


# ---- what each word may touch ----------------------------------------------------------------------

SQL_TEXT = re.compile(r"\b(?:sqlalchemy|sa)\.text\(|from sqlalchemy import [^\n]*\btext\b")


def test_sql_stands_only_in_queries_and_migrations():
    """Text handed to the database is written where what is asked is written (and in foundation, which sends it)."""
    looked_at = python_files(*ROOMS)
    strangers = [
        name_of(file)
        for file in looked_at
        if not {"queries", "tables"} & set(file.relative_to(HOUSE).with_suffix("").parts)
        and SQL_TEXT.search(file.read_text())
    ]

    assert len(looked_at) > 300
    assert strangers == []


def test_sql_is_found_however_it_is_imported():
    assert SQL_TEXT.search("from sqlalchemy import select, text\n")
    assert SQL_TEXT.search("sqlalchemy.text('SELECT 1')")


def test_rules_know_only_the_standard_library_the_refusals_and_what_is_without_effects():
    looked_at = [*files_of_word("rules"), *files_of_word("enumerations")]
    strangers = [
        f"{name_of(file)}: {name}" for file in looked_at for name in imported(file) if not _is_pure(name)
    ]

    assert len(looked_at) > 50
    assert strangers == []


def _is_pure(name: str) -> bool:
    first, *rest = name.split(".")
    if first in sys.stdlib_module_names | PURE_PACKAGES or name.startswith(PURE_FOUNDATION):
        return True
    return first in ROOMS and ({"rules", "enumerations", "roles"} & set(rest[:2]) != set())


@pytest.mark.parametrize(
    "name", ["flask", "sqlalchemy.orm", "foundation.clock", "emr.entries.queries.versions"]
)
def test_what_is_not_pure_is_found(name):
    assert not _is_pure(name)


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
    looked_at = files_of_word(word)
    strangers = [
        f"{name_of(file)}: {name}"
        for file in looked_at
        for name in imported(file)
        if MAY_NOT_TOUCH[word] & _touched(name)
    ]

    assert len(looked_at) > 10
    assert strangers == []


def _touched(name: str) -> set[str]:
    """The word of ours that an import leads to, or the package of others."""
    first, *rest = name.split(".")
    if first in ROOMS_OF_ONE_SUBJECT:
        return set(rest[:1])
    return set(rest[1:2]) if first in ROOMS else {first}


def test_what_a_word_may_not_touch_is_found():
    assert _touched("emr.entries.tables.entries.Entry") == {"tables"}
    assert _touched("interop.tables.Export") == {"tables"}
    assert _touched("flask.request") == {"flask"}


# ---- growth ----------------------------------------------------------------------------------------

# A subject that holds more than a third of its room is two subjects, or a room of its own. Whichever is known is listed, and
# says why it is neither; who becomes smaller leaves the list.
LARGE_SUBJECTS: dict[str, str] = {}


@pytest.mark.parametrize("room", [room for room in ROOMS if room not in ROOMS_OF_ONE_SUBJECT])
def test_a_subject_that_holds_more_than_a_third_of_its_room_says_why(room):
    lines = {name_of(each): _lines(each) for each in subjects(room)}
    listed = {name for name in LARGE_SUBJECTS if name.startswith(f"{room}/")}

    assert sum(lines.values()) > 500
    assert _too_large(lines) == listed
    assert all(len(LARGE_SUBJECTS[name].split()) > 5 for name in listed)


def test_a_subject_that_is_too_large_is_found():
    assert _too_large({"a/b": 34, "a/c": 33, "a/d": 33}) == {"a/b"}


def _too_large(lines: dict[str, int]) -> set[str]:
    return {name for name, count in lines.items() if count > sum(lines.values()) / 3}


def _lines(folder: Path) -> int:
    return sum(len(file.read_text().splitlines()) for file in folder.rglob("*.py"))


# ---- what mirrors the rooms ------------------------------------------------------------------------


def test_pages_stand_in_folders_of_rooms_and_subjects():
    looked_at = [each for room in ROOMS for each in (HOUSE / "templates" / room).glob("*")]
    known = {name_of(each) for each in subjects()}

    assert len(looked_at) > 12
    assert [
        name_of(each) for each in looked_at if str(each.relative_to(HOUSE / "templates")) not in known
    ] == []


def test_tests_stand_in_folders_of_rooms_and_subjects():
    looked_at = [
        each
        for room in ROOMS
        for each in (HOUSE / "tests" / room).iterdir()
        if each.is_dir() and any(each.rglob("test_*.py"))
    ]
    known = {name_of(each) for each in subjects()}

    assert len(looked_at) > 20
    assert [name_of(each) for each in looked_at if str(each.relative_to(HOUSE / "tests")) not in known] == []


# ---- the linter's own rules ------------------------------------------------------------------------


def test_what_the_tools_are_told_of_stands_there():
    """A pattern that matches nothing any more would be passed over in silence."""
    settings = tomllib.loads((HOUSE / "pyproject.toml").read_text())["tool"]
    files = list(settings["ruff"]["lint"]["per-file-ignores"])
    modules = [name for each in settings["mypy"]["overrides"] for name in each["module"]]

    assert len(files) > 5
    assert len(modules) > 10
    assert _gone([*files, *map(_path_of, modules)]) == []


def test_a_pattern_that_matches_nothing_is_found():
    assert _gone(["foundation/clock.py", "demo/**", _path_of("*.rules.*")]) == []
    assert _gone([_path_of("nowhere.at_all.*"), "nowhere/**"]) == ["nowhere/at_all/*", "nowhere/**"]


def _path_of(module: str) -> str:
    path = module.replace(".", "/").replace("*/", "**/", 1)
    return path if path.endswith("*") else f"{path}*"


def _gone(patterns: list[str]) -> list[str]:
    return [each for each in patterns if next(HOUSE.glob(each), None) is None]


def test_the_linter_ignores_no_import():
    contracts = (HOUSE / ".importlinter").read_text()

    assert len(contracts.splitlines()) > 200
    assert _ignored(contracts) == []


def test_an_ignored_import_is_found():
    assert _ignored("ignore_imports =\n    emr.** -> portal.b\n")
    assert _ignored("ignore_imports = emr.a -> portal.b\n")


def _ignored(contracts: str) -> list[str]:
    return [line.strip() for line in contracts.splitlines() if "->" in line]


def test_the_linter_looks_into_every_subject():
    """A new subject is refused by the order of its room until it is named there, and its words are held as well."""
    contracts = (HOUSE / ".importlinter").read_text()
    containers = set(re.findall(r"^    (\w+\.\w+)$", contracts, re.MULTILINE))
    six_words = {
        name_of(each).replace("/", ".") for each in subjects() if OWN_WORDS.get(name_of(each), ()) is not None
    }

    assert six_words - {"interop"} <= containers
