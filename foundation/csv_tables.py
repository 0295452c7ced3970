"""A table as a CSV file (RFC 4180) that a spreadsheet opens and carries out nothing of."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from enum import Enum

from foundation.language.marks import with_marks_shown

# With its mark in front, a spreadsheet reads the file as UTF-8.
MARK = "\ufeff"
# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_chunks(head: Sequence[object], lines: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """The file, a line at a time; every cell is text, whatever somebody typed into it."""
    yield MARK.encode()
    yield _written(head)
    yield from map(_written, lines)


def _written(line: Sequence[object]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerow(cell_of(each) for each in line)
    return written.getvalue().encode()


def cell_of(value: object) -> str:
    """What stands in a cell."""
    # What would turn its neighbours around is shown as what it is, as on a page.
    text = with_marks_shown(_plain(value))
    # Spaces in front hide a formula from the eye alone.
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_BEGINS) else text


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
