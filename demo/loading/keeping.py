"""What is reckoned once, as `make install` has it done, and kept as rows that the database takes as they are.

Kept is what the code of that day made; what other code made, or the same code in another time zone, is nobody's.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from demo.region import Size
from foundation.clock import zone
from foundation.database.bulk import WrittenRows

PROJECT = Path(__file__).parent.parent.parent
KEPT = Path(__file__).parent / "kept"
# Where anything may change it: the plan, its rules, what is hashed, what a line is drawn from, how rows are written and the tables.
FOLLOWS_FROM = ("demo", "dispatch_backend", "emr", "foundation", "identity", "migrations", "translations/emr")
SOURCES = (".py", ".tsv", ".po")

Tables = Mapping[str, WrittenRows]


def kept(name: str, *, size: Size, beside: object = "") -> tuple[Any, Tables] | None:
    """What was kept under this name for a region of that size: the facts and the rows by table; None where nothing was.

    Args:
        beside: what else it depends on.
    """
    file = _file(name, size, beside)
    if not file.exists():
        return None
    with file.open("rb") as opened:
        told = orjson.loads(opened.readline())
        texts = iter(opened.read().decode().split("\n"))
    return told["facts"], {table: _rows(each, texts) for table, each in told["tables"].items()}


def keep(name: str, facts: object, tables: Tables, *, size: Size, beside: object = "") -> None:
    """Keep it, whole or not at all."""
    texts: list[str] = []
    told = {"facts": facts, "tables": {table: _told(rows, texts) for table, rows in tables.items()}}
    if any("\n" in text for text in texts):
        raise ValueError("A value with a line end cannot be kept: each line is an array.")
    # A line each, so that they need not be written as JSON once more.
    _write(_file(name, size, beside), b"\n".join([orjson.dumps(told), *(text.encode() for text in texts)]))


def kept_script(name: str) -> str | None:
    """The statements that were kept under this name; None where none were, or by other code."""
    file = _file(name)
    return file.read_text() if file.exists() else None


def keep_script(name: str, script: str) -> None:
    """Keep statements, all of them or none."""
    _write(_file(name), script.encode())


def _write(file: Path, content: bytes) -> None:
    KEPT.mkdir(parents=True, exist_ok=True)
    unfinished = KEPT / "unfinished"
    unfinished.write_bytes(content)
    unfinished.rename(file)


def forget() -> None:
    """Remove whatever was kept: other code made it."""
    shutil.rmtree(KEPT, ignore_errors=True)


def _told(rows: WrittenRows, texts: list[str]) -> dict[str, object]:
    texts.extend(array for portion in rows.portions for array in portion)
    return {"columns": rows.columns, "portions": len(rows.portions)}


def _rows(told: Mapping[str, Any], texts: Iterator[str]) -> WrittenRows:
    columns = tuple(told["columns"])
    return WrittenRows(columns, tuple(tuple(islice(texts, len(columns))) for _ in range(told["portions"])))


def _file(name: str, *depends_on: object) -> Path:
    made = hashlib.sha256(code_read())
    made.update(" ".join(map(str, (name, zone(), *depends_on))).encode())
    return KEPT / made.hexdigest()


@cache
def code_read() -> bytes:
    """The digest of all code that what is kept may follow from, and of the Python that runs it."""
    read = hashlib.sha256(sys.version.encode())
    for folder in FOLLOWS_FROM:
        for source in sorted((PROJECT / folder).rglob("*.*")):
            if source.suffix in SOURCES:
                read.update(source.read_bytes())
    return read.digest()
