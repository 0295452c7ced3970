"""Tables as one file of a spreadsheet (Office Open XML, ISO/IEC 29500): numbers are numbers, and no text is carried out."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import xlsxwriter

from foundation.language.marks import with_marks_shown

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Nothing that somebody typed becomes a formula, a link or a number.
AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
NARROWEST, WIDEST = 8, 60
SHARE = "0.0%"
TENTHS = "0.0"

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table under its title.

    Attributes:
        title: 31 characters at most, as spreadsheets want it.
        lines: texts, whole numbers, fractions, and None where nothing is known.
        shares: the columns, by their heads, whose fractions are shares from 0 to 1.
    """

    title: str
    head: Sequence[str]
    lines: Iterable[Sequence[Cell]]
    shares: frozenset[str] = frozenset()


def xlsx_bytes(sheets: Iterable[Sheet], *, at: datetime) -> bytes:
    """The file: equal bytes for equal tables.

    Args:
        at: when what it tells was so.
    """
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, **AS_TEXT}) as book:
        book.set_properties({"created": at.replace(tzinfo=None)})
        formats = {name: book.add_format({"num_format": name}) for name in (SHARE, TENTHS)}
        strong = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _add(book.add_worksheet(sheet.title), sheet, strong, formats)
    return written.getvalue()


def _add(
    page: "xlsxwriter.worksheet.Worksheet", sheet: Sheet, strong: object, formats: dict[str, object]
) -> None:
    widths = [max(map(len, head.split())) for head in sheet.head]
    for column, words in enumerate(sheet.head):
        page.write_string(0, column, words, strong)
    for row, line in enumerate(sheet.lines, start=1):
        for column, value in enumerate(line):
            if isinstance(value, str):
                page.write_string(row, column, with_marks_shown(value))
                widths[column] = max(widths[column], len(value))
            elif isinstance(value, int):
                page.write_number(row, column, value)
            elif value is not None:
                kind = SHARE if sheet.head[column] in sheet.shares else TENTHS
                page.write_number(row, column, value, formats[kind])
    for column, width in enumerate(widths):
        page.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST))
    page.freeze_panes(1, 1)
