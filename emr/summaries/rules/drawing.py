"""By which rules and words the lines of the records are drawn: where those of today differ, the lines are to be drawn anew."""

import hashlib
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent.parent
# What a line is drawn from beside its entry, and the Russian that is kept with it.
DRAWN_FROM = (
    *("emr/content", "emr/entries/rules", "emr/summaries", "emr/terminology"),
    *("foundation/language", "translations/emr"),
)
SOURCES = frozenset({".py", ".tsv", ".po"})
# Of what the database was asked before there is anybody who could ask as a role of the service.
DRAWN_BY = "SELECT digest FROM emr.drawing_rules"


@cache
def drawing_digest(house: Path = HOUSE) -> str:
    """One word for all of it. A change that alters no line counts, too: to draw them once too often harms nobody."""
    files = sorted(
        path for folder in DRAWN_FROM for path in (house / folder).rglob("*") if path.suffix in SOURCES
    )
    told = hashlib.sha256()
    for path in files:
        told.update(f"{path.relative_to(house).as_posix()}\0".encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()
