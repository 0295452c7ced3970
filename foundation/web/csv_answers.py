"""A table to keep, as a download."""

from collections.abc import Iterable, Sequence

from flask import Response

from foundation.csv_tables import csv_chunks


def csv_answer(head: Sequence[object], lines: Iterable[Sequence[object]], *, file_name: str) -> Response:
    """The table as a download; every cell is text, whatever somebody typed into it."""
    answer = Response(b"".join(csv_chunks(head, lines)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
