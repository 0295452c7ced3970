"""A table that an operator brings as a CSV file (RFC 4180): read whole, and every fault in it named by its line.

The file is UTF-8, with a byte order mark or without; its cells are parted by commas or, as Russian spreadsheets do, by
semicolons. The first line names the columns, in any order.
"""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from foundation.commands.csv_values import Read, WrongValue, quoted

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
SAVE_AS = "save the table as “CSV UTF-8”"


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the table may have.

    Attributes:
        read: makes the value of a cell that is not empty, or raises WrongValue.
        needed: it stands in every table, and no cell of it is empty.
        private: what stands in it belongs to a person, and is not repeated on a terminal.
    """

    name: str
    read: Read
    needed: bool = True
    private: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line without a fault. A column that the table does not have is not among its values; an empty cell is None."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line, and what would be right."""

    line: int
    why: str


@dataclass
class CsvTable:
    """What a file holds: how many lines there are below the first, those without a fault, and all faults."""

    count: int = 0
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_table(content: bytes, columns: Sequence[Column], *, key: Sequence[str]) -> CsvTable:
    """Read the file.

    Args:
        key: the columns that together tell one line from every other.
    """
    table = CsvTable()
    if (text := _decoded(content, table)) is None:
        return table
    rows = _rows(text, table)
    header = next(rows, None)
    if header is None:
        if not table.faults:
            names = ", ".join(each.name for each in columns)
            table.faults.append(Fault(1, f"the file is empty; its first line names the columns: {names}"))
        return table
    named = _columns_of(header[1], columns, table)
    if named is not None:
        _read_lines(rows, named, key, table)
    return table


def _decoded(content: bytes, table: CsvTable) -> str | None:
    if content.startswith(UTF_16):
        table.faults.append(Fault(1, f"the file is UTF-16; {SAVE_AS}"))
        return None
    try:
        return unicodedata.normalize("NFC", content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        table.faults.append(Fault(line, f"the file is not UTF-8 (it may be Windows-1251); {SAVE_AS}"))
        return None


def _rows(text: str, table: CsvTable) -> Iterator[tuple[int, list[str]]]:
    """The cells of every line that is not blank, with the number of the line on which they begin."""
    parted_by = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted_by, strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as fault:
            table.faults.append(Fault(begins, f"the line cannot be taken apart ({fault})"))
            return
        if cells is None:
            return
        if any(each.strip() for each in cells):
            yield begins, [each.strip() for each in cells]
        begins = reader.line_num + 1


def _columns_of(header: Sequence[str], columns: Sequence[Column], table: CsvTable) -> list[Column] | None:
    """The column of each cell; None where the first line names others than there are."""
    known = {each.name: each for each in columns}
    names = [each.casefold() for each in header]
    faults = [_unknown(name, known) for name in dict.fromkeys(names) if name not in known]
    faults += [f"the column {name} stands there twice" for name in known if names.count(name) > 1]
    faults += [
        f"the column {each.name} is missing" for each in columns if each.needed and each.name not in names
    ]
    table.faults += [Fault(1, each) for each in faults]
    return None if faults else [known[name] for name in names]


def _unknown(name: str, known: Mapping[str, Column]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f"; {near[0]} may be meant" if near else f"; there are {', '.join(known)}"
    return f"there is no column {quoted(name)}{meant}"


def _read_lines(
    rows: Iterator[tuple[int, list[str]]], columns: Sequence[Column], key: Sequence[str], table: CsvTable
) -> None:
    first_with: dict[tuple[Any, ...], int] = {}
    for number, cells in rows:
        table.count += 1
        values, faults = _values(cells, columns)
        told_by = tuple(values.get(name) for name in key)
        if not faults and (first := first_with.setdefault(told_by, number)) != number:
            faults = [f"{' and '.join(key)} as on line {first}"]
        table.faults += [Fault(number, each) for each in faults]
        if not faults:
            table.lines.append(Line(number, values))


def _values(cells: Sequence[str], columns: Sequence[Column]) -> tuple[dict[str, Any], list[str]]:
    if len(cells) != len(columns):
        return {}, [f"there are {len(cells)} cells, and {len(columns)} columns"]
    values: dict[str, Any] = {}
    faults = []
    for cell, column in zip(cells, columns, strict=True):
        try:
            values[column.name] = _value(cell, column)
        except WrongValue as wrong:
            told = "what stands there" if column.private or not cell else quoted(cell)
            faults.append(f"{column.name}: {told} {wrong}")
    return values, faults


def _value(cell: str, column: Column) -> Any:
    if cell:
        return column.read(cell)
    if column.needed:
        raise WrongValue("is nothing, and it is needed")
    return None
