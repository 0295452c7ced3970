"""What became of everything that was given to the command: told as it comes, and once more in the closing line."""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from typing import IO, Self, TextIO

from emr.fhir_import.actions.parts import Imported
from emr.fhir_import.validation.bundles import Told
from emr.fhir_import.validation.refusals import BundleRefused
from foundation.commands.running import exit_code_for

# Of a whole region whose directory was not sent there are hundreds of thousands; a few tell what is missing.
MOST_UNRESOLVED = 20
COPIED_AT_ONCE = 64 * 1024


class Account:
    """Counts, and lists that stand in temporary files: however much is taken in, the account takes no more memory.

    Args:
        as_it_goes: where each refusal is written at once, so that a run that is broken off has told what it did.
        closing: where the closing line is written when the block ends, however it does.
    """

    def __init__(self, as_it_goes: TextIO, closing: TextIO) -> None:
        self._as_it_goes, self._closing = as_it_goes, closing
        self._refused, self._skipped = _List(), _List()
        self._bundles = self._resources = self._unresolved = 0
        self._stored: Counter[str] = Counter()
        self._unchanged: Counter[str] = Counter()
        self._first_unresolved: list[dict[str, str]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        with self._refused.file, self._skipped.file:
            self._write_closing_line(self._closing)

    def begin_bundle(self) -> None:
        self._bundles += 1

    def add(self, name: str, imported: Imported) -> None:
        """What became of a bundle."""
        self._stored += imported.stored
        self._unchanged += imported.unchanged
        self._resources += imported.stored.total() + imported.unchanged.total()
        for told in imported.refused:
            self.refuse(name, BundleRefused(told.where, told.why, resources=1))
        self.skip(name, imported.skipped)
        self._unresolved += len(imported.unresolved)
        for where, reference in imported.unresolved[: MOST_UNRESOLVED - len(self._first_unresolved)]:
            self._first_unresolved.append({"file": name, "where": where, "reference": reference})

    def refuse(self, name: str, refusal: BundleRefused) -> None:
        self._resources += refusal.resources
        line: dict[str, object] = {"file": name, "where": refusal.where, "why": refusal.why}
        line |= {"resources": refusal.resources} if refusal.resources else {}
        self._refused.add(line)
        self._as_it_goes.write(_json({"refused": line}) + "\n")

    def skip(self, name: str, skipped: Iterable[Told]) -> None:
        for told in skipped:
            self._skipped.add({"file": name, "where": told.where, "why": told.why})

    def _write_closing_line(self, stream: TextIO) -> None:
        counts = {
            "bundles": self._bundles,
            "resources": self._resources,
            "stored": dict(sorted(self._stored.items())),
            "unchanged": dict(sorted(self._unchanged.items())),
            "unresolved": {"count": self._unresolved, "first": self._first_unresolved},
        }
        stream.write(_json(counts).removesuffix("}"))
        for name, listed in (("refused", self._refused), ("skipped", self._skipped)):
            stream.write(f', "{name}": [')
            listed.copy_to(stream)
            stream.write("]")
        stream.write("}\n")

    @property
    def exit_code(self) -> int:
        """0 where nothing was refused, else whether anything was taken in."""
        taken = self._stored.total() + self._unchanged.total()
        return exit_code_for(refused=self._refused.count, of=self._refused.count + taken)


class _List:
    """The elements of a JSON list, in a temporary file."""

    def __init__(self) -> None:
        self.count = 0
        self.file: IO[str] = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 # as long as the account

    def add(self, element: dict[str, object]) -> None:
        self.file.write((", " if self.count else "") + _json(element))
        self.count += 1

    def copy_to(self, stream: TextIO) -> None:
        self.file.seek(0)
        while piece := self.file.read(COPIED_AT_ONCE):
            stream.write(piece)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
