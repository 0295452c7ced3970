"""Tables to keep as a spreadsheet's file, as a download."""

from collections.abc import Iterable
from datetime import datetime

from flask import Response

from foundation.xlsx_tables import XLSX, Sheet, xlsx_bytes


def xlsx_answer(sheets: Iterable[Sheet], *, at: datetime, file_name: str) -> Response:
    """The file as a download.

    Args:
        at: when what it tells was so.
    """
    answer = Response(xlsx_bytes(sheets, at=at), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return answer
