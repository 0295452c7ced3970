"""A table that an operator brings: what is read of it, and that every fault has its line and tells what is right."""

import re
from datetime import UTC, date, datetime

import pytest

from foundation.commands.csv_table import Column, read_table
from foundation.commands.csv_values import (
    WrongValue,
    day,
    moment,
    number_between,
    one_of,
    text_up_to,
    yes_or_no,
)
from identity.facilities.enumerations import FacilityKind

COLUMNS = (
    Column("code", text_up_to(10)),
    Column("name", text_up_to(20)),
    Column("share", number_between(0, 1), needed=False),
)
ENDS = {"\n": "LF", "\r\n": "CRLF"}


def read(content, columns=COLUMNS, key=("code",)):
    return read_table(content if isinstance(content, bytes) else content.encode(), columns, key=key)


def faults_of(content, **how):
    return [(fault.line, fault.why) for fault in read(content, **how).faults]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["no mark", "byte order mark"])
@pytest.mark.parametrize("parted_by", [",", ";"])
@pytest.mark.parametrize("end", ENDS, ids=ENDS.values())
def test_every_way_in_which_a_spreadsheet_writes_is_read(mark, parted_by, end):
    rows = [
        ["name", "code", "share"],
        ["Больница", "A", '"0,5"'],
        [""] * 3,
        ['"Двор; 1, корпус “2”"', "B", ""],
    ]
    content = mark + end.join(parted_by.join(row) for row in rows).encode()

    table = read(content)

    assert table.faults == []
    assert table.count == 2
    assert [(line.number, dict(line.values)) for line in table.lines] == [
        (2, {"name": "Больница", "code": "A", "share": 0.5}),
        (4, {"name": "Двор; 1, корпус “2”", "code": "B", "share": None}),
    ]


def test_a_column_that_is_not_there_is_no_value():
    (line,) = read("code,name\nA,One\n").lines

    assert line.values == {"code": "A", "name": "One"}


def test_letters_written_in_two_ways_are_the_same_text():
    (line,) = read("code,name\nA,И\u0306од\n").lines

    assert line.values["name"] == "Йод"


@pytest.mark.parametrize(
    ("content", "line", "why"),
    [
        ("", 1, "the file is empty; its first line names the columns: code, name, share"),
        ("\n\n", 1, "the file is empty; its first line names the columns: code, name, share"),
        ("code,nmae\n", 1, "there is no column “nmae”; name may be meant"),
        ("code,name,colour\n", 1, "there is no column “colour”; there are code, name, share"),
        ("code,name,code\n", 1, "the column code stands there twice"),
        ("code\nA\n", 1, "the column name is missing"),
        ("code,name\nA\n", 2, "there are 1 cells, and 2 columns"),
        ("code,name\nA,B,C\n", 2, "there are 3 cells, and 2 columns"),
        ("code,name\n,B\n", 2, "code: what stands there is nothing, and it is needed"),
        ("code,name\nABCDEFGHIJK,B\n", 2, "code: “ABCDEFGHIJK” is longer than 10 characters"),
        ("code,name\nA,B\n\nA,C\n", 4, "code as on line 2"),
        ('code,name\nA,"B\n', 2, "the line cannot be taken apart (unexpected end of data)"),
        (
            'code,name\nA,"B\nC"\n',
            2,
            "name: “B·C” holds the control character U+000A; a text stands on one line",
        ),
        (
            "code,name\nA,B\x00\n",
            2,
            "name: “B·” holds the control character U+0000; a text stands on one line",
        ),
        ("code,name,share\nA,B,much\n", 2, "share: “much” is no number from 0 to 1"),
        ("code,name,share\nA,B,nan\n", 2, "share: “nan” is not from 0 to 1"),
        ("code,name,share\nA,B,2\n", 2, "share: “2” is not from 0 to 1"),
        ("code,name\nA,B".encode("utf-16"), 1, "the file is UTF-16; save the table as “CSV UTF-8”"),
        (
            "code,name\nA,B\nC,Больница\n".encode("cp1251"),
            3,
            "the file is not UTF-8 (it may be Windows-1251); save the table as “CSV UTF-8”",
        ),
    ],
)
def test_each_fault_is_named_by_its_line_with_what_is_right(content, line, why):
    assert (line, why) in faults_of(content)


def test_all_faults_of_all_lines_are_named_together():
    found = faults_of("code,name,share\n,B,2\nA,B,0\nA,B\n")

    assert [line for line, _ in found] == [2, 2, 4]


def test_a_line_after_one_with_a_line_end_in_a_cell_keeps_its_number():
    assert [line for line, _ in faults_of('code,name\nA,"B\nC"\n,D\n')] == [2, 4]


def test_what_belongs_to_a_person_is_not_repeated():
    columns = (Column("code", number_between(0, 1), private=True),)

    assert faults_of("code\n112-233-445\n", columns=columns) == [
        (2, "code: what stands there is no number from 0 to 1")
    ]


@pytest.mark.parametrize(
    ("reader", "cell", "value"),
    [
        (day, "2026-09-01", date(2026, 9, 1)),
        (day, "01.09.2026", date(2026, 9, 1)),
        (moment, "2026-09-01 09:30", datetime(2026, 9, 1, 4, 30, tzinfo=UTC)),
        (moment, "2026-09-01T09:30:00", datetime(2026, 9, 1, 4, 30, tzinfo=UTC)),
        (moment, "01.09.2026 9:30", datetime(2026, 9, 1, 4, 30, tzinfo=UTC)),
        (number_between(-180, 180), "55,37", 55.37),
        (yes_or_no, "Да", True),
        (yes_or_no, "no", False),
        (one_of(FacilityKind), "polyclinic", FacilityKind.POLYCLINIC),
    ],
)
def test_values_are_read_as_people_write_them(reader, cell, value):
    assert reader(cell) == value


@pytest.mark.parametrize(
    ("reader", "cell", "why"),
    [
        (day, "31.02.2026", "is no day such as 2026-09-01 or 01.09.2026"),
        (day, "0001-01-01", "is not of the years 1900 to 2199"),
        (moment, "2026-09-01", "is no time such as 2026-09-01 09:30"),
        (moment, "2026-09-01 24:00", "is no time such as 2026-09-01 09:30"),
        (moment, "9999-12-31 23:59", "is not of the years 1900 to 2199"),
        (yes_or_no, "maybe", "is neither yes nor no"),
        (one_of(FacilityKind, but=FacilityKind.POLYCLINIC), "polyclinic", "is none of dispatching_center, "),
    ],
)
def test_other_values_are_refused_with_what_is_right(reader, cell, why):
    with pytest.raises(WrongValue, match=f"^{re.escape(why)}"):
        reader(cell)
