"""What an operator named: files, folders with all that is below them, or patterns."""

import glob
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from emr.fhir_import.files.ranking import rank_of

# Of a folder; a file that is named by itself is read whatever it is called.
READ_ENDINGS = frozenset({".json", ".xml", ".ndjson", ".jsonl", ".gz", ".zip", ".hl7", ".cda"})


class Named(NamedTuple):
    """The files to read, in their order, and what of the folders is passed over."""

    files: list[Path]
    passed_over: list[Path]
    missing: str = ""


def named_files(named: Iterable[str]) -> Named:
    """The files that these names mean; `missing` is the first name that means nothing."""
    files: dict[Path, None] = {}
    passed_over: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            within = [each for each in sorted(path.rglob("*")) if each.is_file() and not _hidden(each, path)]
            passed_over += (each for each in within if each.suffix.lower() not in READ_ENDINGS)
            read = [each for each in within if each.suffix.lower() in READ_ENDINGS]
            files |= dict.fromkeys(sorted(read, key=rank_of))
        elif path.exists():
            files[path] = None
        elif matching := sorted(glob.glob(name)):
            files |= dict.fromkeys(Path(each) for each in matching)
        else:
            return Named([], [], missing=name)
    return Named(list(files), passed_over)


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)
