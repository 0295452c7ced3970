"""A table to keep, as a CSV file (RFC 4180) that a spreadsheet opens and carries out nothing of."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask import Response

from foundation.language.marks import with_marks_shown

# With its mark in front, a spreadsheet reads the file as UTF-8.
ENCODING = "utf-8-sig"
# A cell that begins with one of these is a formula to a spreadsheet.
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_answer(head: Sequence[object], lines: Iterable[Sequence[object]], *, file_name: str) -> Response:
    """The table as a download; every cell is text, whatever somebody typed into it."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerows([_cell(each) for each in line] for line in (head, *lines))
    answer = Response(written.getvalue().encode(ENCODING), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer


def _cell(value: object) -> str:
    # What would turn its neighbours around is shown as what it is, as on a page.
    text = with_marks_shown(str(value))
    # Spaces in front hide a formula from the eye alone.
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_BEGINS) else text
