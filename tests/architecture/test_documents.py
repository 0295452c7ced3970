"""What documents and comments name stands: every path, every dotted name, every command, every line quoted from the code."""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

from foundation.database.tables import Base
from tests.architecture.house import (
    HOUSE,
    ROOMS,
    ROOMS_OF_ONE_SUBJECT,
    files_of_word,
    name_of,
    nodes_of,
    subjects,
    tree_of,
)

PACKAGES = (
    "foundation",
    "runtime",
    "identity",
    "dispatch_backend",
    "archive_gateway",
    "emr",
    "portal",
    "interop",
    "demo",
    "migrations",
    "benchmarks",
    "tests",
)
FOLDERS = (*PACKAGES, "docs", "templates", "static", "frontend", "requirements", "translations")
# Made by make, so absent from a fresh copy.
MADE = ("static/built", "demo/pictures/drawn", "frontend/node_modules")
READ_SUFFIXES = {".py", ".html", ".js", ".mjs", ".scss", ".sh", ".toml", ".in", ".md"}

PATH = re.compile(rf"(?<![\w./@-])(?:{'|'.join(FOLDERS)})/[\w./{{}},*-]*")
FILE = re.compile(r"`(\.?\w[\w-]*(?:\.\w+)*\.(?:py|md|html|js|scss|toml|tsv|txt|po)|Makefile|\.\w+linter)`")
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)")
DOTTED = re.compile(
    rf"(?<![\w./:@-])(?:{'|'.join((*PACKAGES, 'dispatch', 'archive'))})(?:\.[A-Za-z_]\w*)+(?!\w|/)"
)
# To take a file apart into its tokens is slow.
COMMENTED = re.compile(rf"#.*{DOTTED.pattern}")
CODE = re.compile(r"`[^`\n]+`|^```.*?^```", re.MULTILINE | re.DOTALL)
MAKE = re.compile(r"(?:^|[`=0-9 ])make ([a-z]+)", re.MULTILINE)
FLASK = re.compile(r"flask --app wsgi ([a-z][a-z-]*)")
QUOTED = re.compile(r"^```(python|diff|jinja|html|ini|text) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LEFT_OUT = "…"

Hunk = tuple[list[str], list[str]]


def documents() -> list[Path]:
    return [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *sorted((HOUSE / "docs").rglob("*.md"))]


@cache
def sources() -> list[Path]:
    """Whatever is read by people who work here, beside the documents."""
    below = [file for folder in FOLDERS if folder != "docs" for file in sorted((HOUSE / folder).rglob("*"))]
    on_top = [*HOUSE.glob("*.py"), *HOUSE.glob("*.toml"), HOUSE / "Makefile", HOUSE / ".importlinter"]
    return [
        file
        for file in (*on_top, *below)
        if (file.suffix in READ_SUFFIXES or file in on_top)
        and not set(file.parts) & {"node_modules", "built", "drawn", "__pycache__"}
    ]


# ---- paths -----------------------------------------------------------------------------------------


def paths_in(text: str) -> list[str]:
    return [found.rstrip(".,-*{") for found in PATH.findall(text)]


def gone_in(text: str) -> list[str]:
    """Paths that lead nowhere; "nowhere" in a name says that a test has planted it."""
    return [path for path in paths_in(text) if "nowhere" not in path and not stands(path)]


def stands(path: str) -> bool:
    """Whether a path leads somewhere, in the house or among its templates; "{…}" and "*" stand for any name."""
    if path.startswith(MADE):
        return True
    pattern = re.sub(r"\{[^}]*\}", "*", path).strip("/")
    return any((root / pattern).exists() or any(root.glob(pattern)) for root in (HOUSE, HOUSE / "templates"))


def test_every_path_that_is_named_stands():
    texts = {file: file.read_text() for file in (*documents(), *sources())}

    gone = [f"{name_of(file)}: {path}" for file, text in texts.items() for path in gone_in(text)]

    assert sum(len(paths_in(text)) for file, text in texts.items() if file.suffix == ".md") > 100
    assert sum(len(paths_in(text)) for text in texts.values()) > 300
    assert gone == []


def test_every_link_between_documents_leads_somewhere():
    links = [(file, link) for file in documents() for link in LINK.findall(file.read_text())]

    assert len(links) > 20
    assert [f"{name_of(file)}: {link}" for file, link in links if not (file.parent / link).exists()] == []


def test_every_file_that_a_document_names_alone_stands():
    known = {file.name for file in sources()} | {file.name for file in documents()}
    named = [(file, each) for file in documents() for each in FILE.findall(file.read_text())]

    assert len(named) > 5
    assert [f"{name_of(file)}: {each}" for file, each in named if each not in known] == []


@pytest.mark.parametrize(
    "path", ["identity/nowhere.py", "emr/nowhere/", "templates/emr/nowhere.html", "portal/{nowhere}.html"]
)
def test_a_path_that_leads_nowhere_is_found(path):
    (found,) = paths_in(f"See `{path}`, which is gone.")

    assert not stands(found)


def test_the_architecture_tells_of_every_subject_in_its_order():
    """Of each room one line of the table, the lowest subject first, as the linter has them the highest first."""
    told = (HOUSE / "docs" / "architecture.md").read_text()
    linted = (HOUSE / ".importlinter").read_text()
    several = [room for room in ROOMS if room not in ROOMS_OF_ONE_SUBJECT]

    for room in several:
        line = re.search(rf"^\| `{room}/` \| (.+?)(?:; and .*)? \|$", told, re.MULTILINE)[1]
        named = re.findall(r"(?:^|· )`(\w+)`", line)
        order = re.search(rf"^containers = {room}\nlayers =\n((?: .+\n)+)", linted, re.MULTILINE)[1]
        places = {
            each: at for at, layer in enumerate(order.split("\n")) for each in re.findall(r"\w+", layer)
        }
        assert set(named) == {each.name for each in subjects(room)}
        assert [places[each] for each in named] == sorted((places[each] for each in named), reverse=True)

    assert len(several) == 5


# ---- dotted names ----------------------------------------------------------------------------------


def dotted_in(text: str) -> list[str]:
    return DOTTED.findall(text)


@cache
def means_something(name: str) -> bool:
    """A module of ours or what stands in it, a table, an endpoint, or a function of the database."""
    return _in_code(name) or name in _tables() or name in _endpoints() or _in_the_database(name)


def _in_code(name: str) -> bool:
    module, *rest = name.split(".")
    if module not in PACKAGES:
        return False
    while rest and _is_module(f"{module}.{rest[0]}"):
        module = f"{module}.{rest.pop(0)}"
    # Only what is asked for is loaded: an entry point would begin to work.
    return not rest or _holds(import_module(module), rest)


def _is_module(name: str) -> bool:
    place = HOUSE / name.replace(".", "/")
    return place.with_suffix(".py").exists() or (place / "__init__.py").exists()


def _holds(found: object, names: Sequence[str]) -> bool:
    for name in names:
        if name in getattr(found, "__annotations__", {}):
            return True
        if not hasattr(found, name):
            return False
        found = getattr(found, name)
    return True


@cache
def _tables() -> frozenset[str]:
    for file in files_of_word("tables"):
        import_module(name_of(file).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    return frozenset(Base.metadata.tables)


@cache
def _endpoints() -> frozenset[str]:
    reviewed = (HOUSE / "tests" / "architecture" / "routes.txt").read_text()
    return frozenset(line.split()[-1] for line in reviewed.splitlines())


@cache
def _in_the_database(name: str) -> bool:
    return any(f"{name}(" in file.read_text() for file in (HOUSE / "migrations").rglob("*.py"))


def spoken(file: Path) -> Iterator[str]:
    """The comments and docstrings of a Python file; no comments where none can hold a dotted name."""
    text = file.read_text()
    if COMMENTED.search(text):
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                yield token.string
    for node in nodes_of(tree_of(file)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield ast.get_docstring(node) or ""


def test_every_dotted_name_in_a_document_means_something(app):
    named = [
        (file, name)
        for file in documents()
        for code in CODE.findall(file.read_text())
        for name in dotted_in(code)
    ]

    assert len(named) > 20
    assert [f"{name_of(file)}: {name}" for file, name in named if not means_something(name)] == []


def test_every_dotted_name_in_a_comment_means_something(app):
    read = [file for file in sources() if file.suffix == ".py"]
    named = [(file, name) for file in read for words in spoken(file) for name in dotted_in(words)]

    assert len(read) > 500
    assert len(named) > 20
    assert [f"{name_of(file)}: {name}" for file, name in named if not means_something(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "identity.guards",
        "foundation.clock.then",
        "dispatch.no_such_table",
        "emr.nowhere.show",
        "foundation.no_such_function",
    ],
)
def test_a_name_that_means_nothing_is_found(app, name):
    assert dotted_in(f"`{name}`") == [name]
    assert not means_something(name)


@pytest.mark.parametrize(
    "name",
    [
        "foundation.clock.now",
        "foundation.database.transactions.ActorSession.actor",
        "dispatch.slot",
        "emr.signatures.create",
        "identity.in_care",
    ],
)
def test_a_name_of_each_sort_is_known(app, name):
    assert means_something(name)


# ---- single names ----------------------------------------------------------------------------------

SNAKE_CASE = re.compile(r"(?<![\w/.$-])[a-z]+(?:_[a-z0-9]+)+(?![\w/.])")
# What others call something of theirs.
OF_OTHERS = {"get_server"}


@cache
def _words_of_the_sources() -> frozenset[str]:
    return frozenset(word for file in sources() for word in re.findall(r"\w+", file.read_text()))


def test_every_name_that_a_document_gives_alone_is_written_somewhere():
    named = [
        (file, name)
        for file in documents()
        for code in re.findall(r"`[^`\n]+`", file.read_text())
        for name in SNAKE_CASE.findall(code)
    ]

    unknown = {f"{name_of(file)}: {name}" for file, name in named if not _is_written(name)}

    assert len(named) > 30
    assert unknown == set()
    assert not _is_written("name_" + "of_nothing")


def _is_written(name: str) -> bool:
    return name in OF_OTHERS or name in _words_of_the_sources()


# ---- commands --------------------------------------------------------------------------------------


def test_every_command_that_a_document_names_can_be_typed(app):
    targets = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
    code = [words for file in documents() for words in CODE.findall(file.read_text())]
    made = {each for words in code for each in MAKE.findall(words)}
    typed = {each for words in code for each in FLASK.findall(words)}

    assert len(made) > 5
    assert len(typed) > 5
    assert made - targets == set()
    assert typed - app.cli.commands.keys() == set()
    assert "nothing" not in targets | app.cli.commands.keys()


# ---- what is quoted from the code ------------------------------------------------------------------


def quotations() -> list[tuple[Path, str, str, str]]:
    """Document, language, file and text of each block that says which file it is of."""
    return [(file, *block) for file in documents() for block in QUOTED.findall(file.read_text())]


def hunks(block: str, *, change: bool) -> Iterator[Hunk]:
    """Lines that stand together in a file, and what becomes of them. "…" stands for lines that are left out."""
    before: list[str] = []
    after: list[str] = []
    for line in [*block.splitlines(), LEFT_OUT]:
        if line.strip() == LEFT_OUT:
            if before:
                yield before, after
            before, after = [], []
            continue
        sign, words = (line[:1], line[1:]) if change else (" ", line)
        before += [words] if sign in (" ", "-", "") else []
        after += [words] if sign in (" ", "+", "") else []


def changed(text: str, described: Iterable[Hunk]) -> str:
    """A file after a change.

    Raises:
        ValueError: what should stand there does not.
    """
    lines = text.splitlines()
    begin = 0
    for before, after in described:
        width = len(before)
        places = (at for at in range(begin, len(lines)) if lines[at : at + width] == before)
        at = next(places, None)
        if at is None:
            raise ValueError("\n".join(before))
        lines[at : at + width] = after
        begin = at + len(after)
    return "\n".join(lines) + "\n"


def require_quoted(text: str, described: Sequence[Hunk]) -> None:
    """Refuse where neither what stands before a change nor what follows from it stands there. Raises ValueError."""
    try:
        changed(text, [(after, after) for _before, after in described])
    except ValueError:
        changed(text, described)


def test_what_is_quoted_from_the_code_stands_there_and_a_described_change_can_be_made():
    quoted = quotations()

    wrong = []
    for document, language, path, block in quoted:
        try:
            require_quoted((HOUSE / path).read_text(), list(hunks(block, change=language == "diff")))
        except (OSError, ValueError) as fault:
            wrong.append(f"{name_of(document)}, {path}: {fault}")

    assert len(quoted) > 8
    assert wrong == []


def test_a_change_is_made_where_it_says():
    described = list(hunks(" a\n+new\n b\n…\n-d\n", change=True))

    made = changed("a\nb\nc\nd\n", described)

    assert made == "a\nnew\nb\nc\n"
    require_quoted(made, described)


@pytest.mark.parametrize("block", [" a\n c\n", " d\n…\n a\n", "-x\n+y\n", " a\n+b\n d\n"])
def test_a_quotation_that_does_not_stand_there_is_found(block):
    with pytest.raises(ValueError, match=r"\w"):
        require_quoted("a\nb\nc\nd\n", list(hunks(block, change=True)))
