"""A command that fills a register, run on the lines of a test."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from click.testing import Result


class Loading:
    """`loading("load-facilities", {...}, {...})` writes a table of these lines and loads it; `dry` changes nothing."""

    def __init__(self, command: Callable[..., Result], folder: Path) -> None:
        self._command = command
        self._file = folder / "table.csv"
        self.exit_code = 0

    def __call__(self, name: str, *lines: Mapping[str, object], dry: bool = False) -> dict[str, Any]:
        written = io.StringIO(newline="")
        writer = csv.DictWriter(written, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
        self._file.write_text(written.getvalue(), encoding="utf-8")
        result = self._command(name, self._file, *(["--dry-run"] if dry else []))
        assert result.exit_code in (0, 1, 3), result.stderr
        self.exit_code = result.exit_code
        account: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
        assert {each["file"] for each in account["refused"]} <= {str(self._file)}
        return account


def counts(account: Mapping[str, Any]) -> tuple[int, int, int, int]:
    """How many lines were added, changed, unchanged and refused."""
    return account["added"], account["changed"], account["unchanged"], len(account["refused"])


def faults(account: Mapping[str, Any]) -> list[tuple[int, str]]:
    """The line of each fault, and what is wrong with it."""
    return [(each["line"], each["why"]) for each in account["refused"]]
