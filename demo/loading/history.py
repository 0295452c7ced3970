"""The programme's first years as the database takes them: the same on every day, so `make install` has them reckoned once.

Kept is what the code of that day made; a history of other code, of another time zone or under other terms is nobody's.
"""

import hashlib
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from demo.region import Region
from dispatch_backend.loading.actions.load_referrals import WrittenReferrals
from dispatch_backend.loading.actions.rows import Terms
from foundation.clock import zone
from foundation.database.bulk import WrittenRows

PROJECT = Path(__file__).parent.parent.parent
KEPT = Path(__file__).parent / "kept"
# Where anything may change it: the plan, its rules, what is hashed and how rows are written.
FOLLOWS_FROM = ("demo", "dispatch_backend", "foundation", "identity")


@dataclass(frozen=True)
class WrittenHistory:
    """Times, care and referrals, written out; and how many numbers of each they have used."""

    referrals: int
    slots_used: int
    care_relations: int
    slots: WrittenRows
    care: WrittenRows
    portions: tuple[WrittenReferrals, ...]


def kept_history(region: Region, terms: Terms) -> WrittenHistory | None:
    """The history of a region of that size, where it was kept."""
    kept = _file(region, terms)
    if not kept.exists():
        return None
    with kept.open("rb") as file:
        told = orjson.loads(file.readline())
        texts = iter(file.read().decode().split("\n"))
    return WrittenHistory(
        **told["counts"],
        slots=_rows(told["slots"], texts),
        care=_rows(told["care"], texts),
        portions=tuple(
            WrittenReferrals(
                tables={name: _rows(rows, texts) for name, rows in each["tables"].items()},
                loaded=tuple((UUID(patient), UUID(referral)) for patient, referral in each["loaded"]),
            )
            for each in told["portions"]
        ),
    )


def keep_history(history: WrittenHistory, region: Region, terms: Terms) -> None:
    """Keep it, whole or not at all; what other code made goes."""
    texts: list[str] = []
    told = {
        "counts": {name: getattr(history, name) for name in ("referrals", "slots_used", "care_relations")},
        "slots": _told(history.slots, texts),
        "care": _told(history.care, texts),
        "portions": [
            {
                "tables": {name: _told(rows, texts) for name, rows in each.tables.items()},
                "loaded": each.loaded,
            }
            for each in history.portions
        ],
    }
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir(parents=True)
    unfinished = KEPT / "unfinished"
    # A line each: what people wrote with line ends is not among them, and they need not be written as JSON once more.
    unfinished.write_bytes(b"\n".join([orjson.dumps(told), *(text.encode() for text in texts)]))
    unfinished.rename(_file(region, terms))


def _told(rows: WrittenRows, texts: list[str]) -> dict[str, object]:
    texts.extend(array for portion in rows.portions for array in portion)
    return {"columns": rows.columns, "portions": len(rows.portions)}


def _rows(told: Mapping[str, Any], texts: Iterator[str]) -> WrittenRows:
    columns = tuple(told["columns"])
    return WrittenRows(columns, tuple(tuple(islice(texts, len(columns))) for _ in range(told["portions"])))


def _file(region: Region, terms: Terms) -> Path:
    made = hashlib.sha256(code_read())
    made.update(f"{region.size} {zone()} {terms.ids}".encode())
    return KEPT / made.hexdigest()


@cache
def code_read() -> bytes:
    """The digest of all code that the history may follow from, and of the Python that runs it."""
    read = hashlib.sha256(sys.version.encode())
    for folder in FOLLOWS_FROM:
        for source in sorted((PROJECT / folder).rglob("*.*")):
            if source.suffix in (".py", ".tsv"):
                read.update(source.read_bytes())
    return read.digest()
