"""A spreadsheet shows what was told: numbers as numbers, texts as texts that nothing is carried out of, the same bytes each time."""

import io
from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook

from foundation.xlsx_tables import Sheet, xlsx_bytes

AT = datetime(2026, 5, 3, 9, 30, tzinfo=UTC)


def opened(*sheets: Sheet):
    return load_workbook(io.BytesIO(xlsx_bytes(sheets, at=AT)))


def test_numbers_are_numbers_shares_are_percent_and_what_is_not_known_is_empty():
    book = opened(
        Sheet(
            "Numbers", ("Facility", "All", "Share", "Days"), [("A", 9845, 0.305, None)], frozenset({"Share"})
        )
    )

    _, (name, number, share, unknown) = book["Numbers"].iter_rows()
    assert (name.value, number.value, share.value, unknown.value) == ("A", 9845, 0.305, None)
    assert share.number_format == "0.0%"
    assert number.data_type == share.data_type == "n"


@pytest.mark.parametrize(
    "typed", ["=1+1", "+1", "-1", "@SUM(A1)", "https://example.org", "mailto:a@b", "007", "\u202eabc", "a\tb"]
)
def test_no_text_becomes_anything_else(typed):
    (_, (cell,)) = opened(Sheet("x", ("Facility",), [(typed,)]))["x"].iter_rows()

    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert cell.value == typed.replace("\u202e", "[U+202E]")


def test_equal_tables_are_equal_bytes():
    sheet = Sheet("x", ("Facility",), [("A",)])

    assert xlsx_bytes([sheet], at=AT) == xlsx_bytes([sheet], at=AT)
    assert opened(sheet).properties.created == AT.replace(tzinfo=None)
