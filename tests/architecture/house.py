"""The house as its tests walk it: rooms, their subjects, and the word of each file."""

import ast
import gc
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
ROOMS = ("identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
WORDS = ("routes", "forms", "actions", "queries", "tables", "rules")
# What a subject may hold beside the six words: words that other rooms may say, and what an operator types.
FURTHER_WORDS = ("enumerations", "commands")
# Subjects that speak over a wire, run a process of their own or read a format: each names what it adds.
OWN_WORDS = {
    "identity/contact_points": {"letters", "sending"},
    "identity/providers": None,
    "identity/record_requests": {"tickets"},
    "identity/second_factors": {"ceremonies"},
    "archive_gateway/inspection": None,
    "archive_gateway/rendering": {"child", "drawing", "explicit", "png", "renderer", "trying"},
    "archive_gateway/store": None,
    "archive_gateway/upstream": {"client", "connections", "breaker", "studies", "indexing"},
    "archive_gateway/dimse": {"callers", "listener", "statuses"},
    "archive_gateway/dicomweb": {"from_upstream", "long_answers", "responses", "sending"},
    "archive_gateway/ingestion": {"comparing", "filing", "ingestor", "loading", "quota", "received"},
    "archive_gateway/studies": {"patient_argument"},
    "dispatch_backend/proofs": {"paper", "sheet"},
    "dispatch_backend/worklist": {"live"},
    "emr/drafts": {"tickets"},
    "emr/fhir_import": {"account", "files", "validation"},
}
# Of a room, beside its subjects: what puts their addresses and commands together, and who may come in.
ON_TOP = {"__init__.py", "routes.py", "commands.py"}
IDENTITY_ON_TOP = {"authorization.py", "roles.py"}
# One subject so far, so its words stand in the room itself.
ROOMS_OF_ONE_SUBJECT = ("interop",)


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the house.

    Raises:
        AssertionError: a folder holds none, so that a test which looks at nothing does not pass.
    """
    found = {folder: sorted((HOUSE / folder).rglob("*.py")) for folder in folders}
    assert all(found.values()), [folder for folder, files in found.items() if not files]
    return [file for files in found.values() for file in files]


def subjects(*rooms: str) -> list[Path]:
    """The folder of every subject, "room/subject"; a room of one subject stands for it."""
    found = []
    for room in rooms or ROOMS:
        if room in ROOMS_OF_ONE_SUBJECT:
            found.append(HOUSE / room)
        else:
            found += sorted(each for each in (HOUSE / room).iterdir() if (each / "__init__.py").exists())
    return found


def files_of_word(word: str, *rooms: str) -> list[Path]:
    """The files of a word in every subject: `<subject>/<word>.py` or those of the folder of that name."""
    return [
        file
        for subject in subjects(*rooms)
        for file in (
            *subject.glob(f"{word}.py"),
            *(each for each in sorted(subject.glob(f"{word}/**/*.py")) if each.read_text().strip()),
        )
    ]


def name_of(file: Path) -> str:
    """A file as the tests tell of it."""
    return str(file.relative_to(HOUSE))


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, and "module.name" of what it takes from it."""
    for node in nodes_of(tree_of(file)):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


@cache
def tree_of(file: Path) -> ast.Module:
    # None of it is garbage, and to look through all of it again and again takes longer than the parsing.
    gc.disable()
    try:
        return ast.parse(file.read_text())
    finally:
        gc.enable()


@cache
def nodes_of(tree: ast.Module) -> tuple[ast.AST, ...]:
    """All nodes of a file, in the order of `ast.walk`, which would take its time at every look."""
    return tuple(ast.walk(tree))
