"""Commands that fill a register from a CSV file: all of it or nothing, every fault named, and twice is as once."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from foundation.actor import Actor
from foundation.commands.csv_table import Column, CsvTable, Fault, Line, read_table
from foundation.commands.running import (
    exit_code_for,
    loader_transactions,
    progress,
    with_readable_errors,
)
from foundation.database.transactions import ActorSession, transaction
from foundation.registers import Entered

LINES_AT_ONCE = 1_000


@dataclass(frozen=True)
class Register:
    """What a table of this register may hold, and how its lines are entered.

    Attributes:
        key: the columns that together tell one line from every other.
        enter: enters the values of some lines; what it refuses it names by their place among them.
        otherwise: what an empty cell says, by column; nothing where its column is not among these.
    """

    columns: Sequence[Column]
    key: Sequence[str]
    enter: Callable[[ActorSession, Sequence[dict[str, Any]]], Entered]
    otherwise: Mapping[str, Any] = field(default_factory=dict)


class _NothingKept(Exception):
    """Takes back what was entered to see whether it can be."""


def loading_command(name: str, told: str, register: Register) -> click.Command:
    """The command that enters a file of this register.

    Args:
        told: what it does, in a sentence for the list of commands.
    """

    @click.command(name, help=f"{told} The columns stand in docs/filling_a_region.md.")
    @click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
    @click.option("--dry-run", is_flag=True, help="Change nothing; tell what would be, and every fault.")
    @with_readable_errors
    def load(file: Path, dry_run: bool) -> None:
        table = read_table(file.read_bytes(), register.columns, key=register.key)
        entered = _entered(register, table, dry_run=dry_run)
        faults = sorted(table.faults, key=lambda fault: fault.line)
        kept = entered if dry_run or not faults else Entered(unchanged=entered.unchanged)
        account = {
            "file": str(file),
            "dry_run": dry_run,
            "lines": table.count,
            "added": kept.added,
            "changed": kept.changed,
            "unchanged": kept.unchanged,
            "refused": [{"file": str(file), "line": each.line, "why": each.why} for each in faults],
        }
        click.echo(json.dumps(account, ensure_ascii=False))
        refused = len({each.line for each in faults})
        sys.exit(exit_code_for(refused=refused, of=table.count))

    return load


def _entered(register: Register, table: CsvTable, *, dry_run: bool) -> Entered:
    """Enter the lines, each portion as far as it can be; with a fault anywhere nothing of them stays."""
    whole = Entered()
    with loader_transactions(), progress("Lines entered:", total=table.count) as on_progress:
        try:
            with transaction(Actor.system("operator")) as session:
                for portion in _portions(table.lines):
                    _enter(session, register, portion, table, whole)
                    on_progress(whole.added + whole.changed + whole.unchanged)
                if dry_run or table.faults:
                    raise _NothingKept
        except _NothingKept:
            pass
    return whole


def _enter(
    session: ActorSession, register: Register, portion: Sequence[Line], table: CsvTable, whole: Entered
) -> None:
    entered = register.enter(session, [_values(each, register.otherwise) for each in portion])
    whole.added += entered.added
    whole.changed += entered.changed
    whole.unchanged += entered.unchanged
    table.faults += [Fault(portion[place].number, why) for place, why in entered.refused.items()]


def _portions(lines: Sequence[Line]) -> Iterator[Sequence[Line]]:
    for start in range(0, len(lines), LINES_AT_ONCE):
        yield lines[start : start + LINES_AT_ONCE]


def _values(line: Line, otherwise: Mapping[str, Any]) -> dict[str, Any]:
    """The line's values; a column that is not there is left out."""
    return {name: otherwise.get(name) if value is None else value for name, value in line.values.items()}
