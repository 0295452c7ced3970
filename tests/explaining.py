"""What the database does for the statements of a page: their plans, once they are carried out again and taken back."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg2.errors import UniqueViolation
from sqlalchemy import Engine

# What only begins, ends or tells who asks.
CONTROL = ("PREPARE", "BEGIN", "COMMIT", "ROLLBACK", "SET ", "SHOW ")
CONTEXT = "SELECT set_config("


@dataclass(frozen=True)
class Explained:
    """A statement and the plan that was carried out for it."""

    statement: str
    plan: dict[str, Any]

    @property
    def buffers(self) -> int:
        """The pages of tables and indexes that it touched."""
        return int(self.plan["Shared Hit Blocks"] + self.plan["Shared Read Blocks"])

    def nodes(self) -> Iterator[dict[str, Any]]:
        """Every step of the plan."""
        waiting = [self.plan]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.get("Plans", [])

    def scanned(self) -> list[str]:
        """The tables that are read from their first page to their last."""
        return [node["Relation Name"] for node in self.nodes() if node["Node Type"] == "Seq Scan"]


def explain(
    engine: Engine, statements: list[str], prepared: Mapping[str, str] | None = None
) -> list[Explained]:
    """The plans of these statements in their order, each in the context that stood before it; nothing is kept.

    They are carried out twice, and the second time counts: a fresh connection first reads what tables there are.
    """
    with engine.connect() as connection:
        cursor = connection.connection.cursor()
        for statement in (prepared or {}).values():
            cursor.execute(statement)
        telling = tuple(f"EXECUTE {name}(" for name, text in (prepared or {}).items() if CONTEXT in text)
        _explain(cursor, statements, telling)
        connection.rollback()
        explained = _explain(cursor, statements, telling)
        cursor.execute("DEALLOCATE ALL")
    return explained


def _explain(cursor: Any, statements: list[str], telling: tuple[str, ...]) -> list[Explained]:
    """Args: telling: how the statements begin that tell who asks."""
    explained = []
    for statement in statements:
        if statement.upper().startswith(CONTROL):
            continue
        if statement.startswith((CONTEXT, *telling)):
            cursor.execute(statement)
            continue
        cursor.execute("SAVEPOINT before")
        try:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + statement)
        except UniqueViolation:  # a row of its own number, which the page has written already
            cursor.execute("ROLLBACK TO SAVEPOINT before")
            continue
        answer = cursor.fetchone()[0]
        said = json.loads(answer) if isinstance(answer, str) else answer
        explained.append(Explained(statement, said[0]["Plan"]))
    return explained
