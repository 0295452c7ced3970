"""One actor: who acts is asked of the session alone, so that no two answers can differ."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.architecture.house import HOUSE, ROOMS, name_of, nodes_of, python_files, tree_of

# What somebody who acts would be called beside a session that knows them already.
ACTING = re.compile(
    r"(actor|reader|account|person|staff|staff_member|user|author|writer|signer|dispatcher|doctor|referrer|recorder"
    r"|canceller|opener|exporter|acting\w*|\w+_by)(_id)?"
)
# Here the account or the member of staff is whom the question is about: nobody is signed in as them yet, or it is an
# operator who asks.
ASKED_ABOUT = {
    ("_answer", "account_id"),
    ("confirm_identity", "account_id"),
    ("link_conflict", "account_id"),
    ("waiting_ids_of", "account_id"),
    ("is_account", "account_id"),
    ("is_staff_member", "staff_id"),
    ("posts_of", "staff_id"),
}

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

PLANTED = {
    "an actor by annotation": "def f(session: ActorSession, whoever: 'Actor | None'): ...",
    "a reader by name": "def f(session, *, reader=None): ...",
    "an account": "def f(opened: ActorSession, account_id: UUID): ...",
    "a function in a function": "class C:\n    def f(self):\n        def g(session, person): ...",
    "an anonymous function": "f = lambda session, dispatcher: None",
    "an actor in the session's pockets": "def f(session):\n    return session.info['actor']",
    "a second asking of the guard": "def f():\n    g(session, current_actor())",
    "a second asking of the guard by keyword": "def f():\n    g(session, on=current_actor().staff_id)",
    "a session that knows nobody": "from sqlalchemy.orm import Mapped, Session as Transaction",
    "a session that knows nobody, by its module": "def f(session: orm.Session): ...",
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_offence_is_found(kind):
    assert len(list(_offences(ast.parse(PLANTED[kind])))) == 1


def test_nothing_takes_an_actor_beside_its_session():
    trees = _trees("foundation", *ROOMS, "demo", "benchmarks")
    with_session = sum(_takes_session(each) for tree in trees.values() for each in _functions(tree))

    offences = [f"{name}: {offence}" for name, tree in trees.items() for offence in _offences(tree)]

    assert with_session > 200
    # What gives every session its actor.
    assert offences == ["foundation/database/transactions.py: sqlalchemy's Session"]


def test_below_the_doors_only_sessions_bring_an_actor():
    """Who acts is made by the guard, a sign-in or a command, and enters the house through `transaction` alone."""
    trees = {
        name: tree
        for name, tree in _trees(*ROOMS).items()
        if {"actions", "queries", "tables", "rules", "forms"} & set(re.split(r"[/.]", name))
    }
    functions = [(name, each) for name, tree in trees.items() for each in _functions(tree)]

    taking = [name for name, each in functions if any(_names_actor(given) for given in _parameters(each))]

    assert len(functions) > 500
    assert taking == []


def test_every_exception_is_still_needed():
    found = {
        (each.name, given.arg)
        for tree in _trees("foundation", *ROOMS).values()
        for each in _functions(tree)
        if isinstance(each, ast.FunctionDef) and _takes_session(each)
        for given in _parameters(each)
    }

    assert found >= ASKED_ABOUT


def _offences(tree: ast.Module) -> Iterator[str]:
    for node in nodes_of(tree):
        if isinstance(node, Function):
            yield from _second_actors(node)
        elif isinstance(node, ast.Call):
            yield from _second_askings(node)
        elif isinstance(node, ast.Attribute) and node.attr == "info" and _is_session(node.value):
            yield "session.info"
        elif isinstance(node, ast.Attribute | ast.ImportFrom):
            yield from _sessions_of_nobody(node)


def _second_actors(function: Function) -> Iterator[str]:
    name = getattr(function, "name", "lambda")
    if not _takes_session(function):
        return
    for given in _parameters(function):
        if (_names_actor(given) or ACTING.fullmatch(given.arg)) and (name, given.arg) not in ASKED_ABOUT:
            yield f"{name} takes {given.arg}"


def _second_askings(call: ast.Call) -> Iterator[str]:
    given = [*call.args, *(each.value for each in call.keywords)]
    if not any(_is_session(each) for each in given):
        return
    if any(ast.unparse(each).startswith("current_actor()") for each in given):
        yield f"{ast.unparse(call.func)} gets a session and current_actor()"


def _sessions_of_nobody(node: ast.Attribute | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom):
        named = node.module == "sqlalchemy.orm" and "Session" in {each.name for each in node.names}
    else:
        named = node.attr == "Session" and ast.unparse(node.value).endswith("orm")
    if named:
        yield "sqlalchemy's Session"


def _is_session(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "session"


def _trees(*folders: str) -> dict[str, ast.Module]:
    return {name_of(file): tree_of(file) for file in python_files(*folders)}


def _functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in nodes_of(tree) if isinstance(node, Function))


def _parameters(function: Function) -> list[ast.arg]:
    given = function.args
    every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
    return [each for each in every if each is not None]


@cache
def _takes_session(function: Function) -> bool:
    return any(
        each.arg == "session"
        or (each.annotation and re.search(r"\bActorSession\b", ast.unparse(each.annotation)))
        for each in _parameters(function)
    )


def _names_actor(given: ast.arg) -> bool:
    return given.annotation is not None and bool(re.search(r"\bActor\b", ast.unparse(given.annotation)))


def test_only_the_database_names_the_opened_patient():
    """Row security trusts `app.opened_record`: identity.open_record writes it, after it has looked for the care."""
    sources = {
        path: path.read_text() for room in ("foundation", *ROOMS) for path in (HOUSE / room).rglob("*.py")
    }

    assert len(sources) > 300
    assert [str(path) for path, source in sources.items() if _names_the_opened(source)] == []


def test_a_planted_naming_of_the_opened_patient_is_found():
    assert _names_the_opened("SELECT set_config('app.opened_record', %(patient)s, true)")


def _names_the_opened(source: str) -> bool:
    return "opened_record" in source
