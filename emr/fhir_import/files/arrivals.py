"""A file as what it brings, part by part: a bundle, a resource alone, or lines of them, which never stand in memory at once."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from emr.fhir_import.files.unpacking import InputFile
from emr.fhir_import.validation.bundles import (
    Incoming,
    IncomingBundle,
    read_bundle,
    read_resource,
    read_values,
)
from emr.fhir_import.validation.refusals import BundleRefused, Told
from emr.fhir_import.validation.texts import LARGEST_BYTES, read_text

LINES_ENDINGS = (".ndjson", ".jsonl", ".ndjson.gz", ".jsonl.gz")
LONGEST_LINE_BYTES = 20 * 1024 * 1024
# As many lines are taken in together, in one transaction.
MOST_LINES, MOST_LINES_BYTES = 500, 4 * 1024 * 1024


class Arrival(NamedTuple):
    """What one transaction takes in, or why it does not."""

    name: str
    bundle: IncomingBundle | BundleRefused


def arrivals(file: InputFile, *, source: str) -> Iterator[Arrival]:
    """What a file brings.

    Args:
        source: names the sending system where the file itself does not.
    """
    try:
        if _is_lines(file):
            yield from _from_lines(file, source)
        else:
            raw = file.stream.read(LARGEST_BYTES + 1)
            yield Arrival(file.name, read_bundle(raw, source=source))
    except BundleRefused as refusal:
        yield Arrival(file.name, refusal)


def _is_lines(file: InputFile) -> bool:
    """Newline-delimited JSON, by its name, or because its first line is a whole object and another one follows."""
    if file.name.lower().endswith(LINES_ENDINGS):
        return True
    first, _, rest = file.head().lstrip(b"\xef\xbb\xbf").partition(b"\n")
    if not first.startswith(b"{") or not rest.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(first), dict)
    except (ValueError, RecursionError):
        return False


@dataclass
class _Portion:
    """Lines that are taken in together; none of them tells of what another tells of."""

    resources: dict[tuple[str, str], Incoming] = field(default_factory=dict)
    refused: list[Told] = field(default_factory=list)
    skipped: list[Told] = field(default_factory=list)
    bytes_read: int = 0

    def is_full_for(self, bundle: IncomingBundle) -> bool:
        lines = len(self.resources) + len(self.refused) + len(self.skipped)
        again = any(each.identity in self.resources for each in bundle.resources)
        return again or lines >= MOST_LINES or self.bytes_read >= MOST_LINES_BYTES

    def add(self, bundle: IncomingBundle) -> None:
        self.resources |= {each.identity: each for each in bundle.resources}
        self.skipped += bundle.skipped
        self.refused += bundle.refused

    def as_bundle(self) -> IncomingBundle:
        return IncomingBundle(
            tuple(self.resources.values()),
            independent=True,
            refused=tuple(self.refused),
            skipped=tuple(self.skipped),
        )


def _from_lines(file: InputFile, source: str) -> Iterator[Arrival]:
    portion = _Portion()
    for number, line in _lines(file):
        try:
            values = _values(line, number)
            if values.get("resourceType") == "Bundle":
                yield Arrival(f"{file.name}, line {number}", read_values(values, source=source))
                continue
            bundle = read_resource(values, f"line {number}, {values.get('resourceType')}", source=source)
        except BundleRefused as refusal:
            bundle = IncomingBundle((), refused=(refusal.told,))
        if portion.is_full_for(bundle):
            yield Arrival(file.name, portion.as_bundle())
            portion = _Portion()
        portion.add(bundle)
        portion.bytes_read += len(line)
    yield Arrival(file.name, portion.as_bundle())


def _lines(file: InputFile) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers; of one that is too long so much that it is seen to be."""
    number = 0
    while line := file.stream.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if line.strip():
            yield number, line
        while not line.endswith(b"\n") and line:
            line = file.stream.readline(LONGEST_LINE_BYTES + 1)


def _values(line: bytes, number: int) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        raise BundleRefused(f"line {number}", f"is longer than {LONGEST_LINE_BYTES // 1024 // 1024} MB")
    try:
        values = read_text(line.strip())
    except BundleRefused as refusal:
        _, _, within = refusal.where.partition("line 1, ")
        refusal.where = f"line {number}" + (f", {within}" if within else "")
        raise
    if not isinstance(values, dict):
        raise BundleRefused(f"line {number}", "is not a JSON object, so no resource of FHIR")
    return values
