"""What is asked of the database stands in queries: actions change, and look nothing up by themselves."""

import ast
from collections.abc import Iterator
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
ROOMS = ("identity", "dispatch_backend", "archive_gateway", "emr", "portal", "interop")
LOOKING_UP = {"select", "exists", "union", "union_all", "lateral", "aliased"}
BY_THE_SESSION = {"get", "get_one", "query"}
# So that a look at nothing does not pass.
LEAST_FILES = 30


def _looked_up(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            yield from (alias.name for alias in node.names if alias.name in LOOKING_UP)
        elif isinstance(node, ast.Attribute):
            whose = node.value
            name = (
                whose.id
                if isinstance(whose, ast.Name)
                else whose.attr
                if isinstance(whose, ast.Attribute)
                else ""
            )
            if (name == "session" and node.attr in BY_THE_SESSION) or (
                name in {"sa", "sqlalchemy"} and node.attr in LOOKING_UP
            ):
                yield f"{name}.{node.attr}"


def test_no_action_looks_anything_up_by_itself():
    files = [
        file
        for room in ROOMS
        for file in (HOUSE / room).rglob("*.py")
        if "actions" in file.relative_to(HOUSE).with_suffix("").parts
    ]

    strangers = {
        str(file.relative_to(HOUSE)): found for file in files if (found := [*_looked_up(file.read_text())])
    }

    assert strangers == {}
    assert len(files) >= LEAST_FILES


def test_the_look_finds_every_way_of_looking_something_up():
    planted = """
from sqlalchemy import delete, select
from sqlalchemy.sql import exists
import sqlalchemy as sa
session.execute(sa.select(Slot))
session.get_one(Slot, slot_id)
self.session.get(Slot, slot_id)
"""

    assert sorted(_looked_up(planted)) == ["exists", "sa.select", "select", "session.get", "session.get_one"]
    assert not [*_looked_up("from sqlalchemy import delete, func, insert\nsession.execute(func.forget())")]
