"""Many files at once: what `import-dicom` does, apart from the terminal."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from archive_gateway.ingestion.actions.filing import Filed, Outcome, file_received
from archive_gateway.ingestion.ingestor import Intake
from archive_gateway.ingestion.received import Described, Received, Refused
from archive_gateway.metadata.actions import pack_series
from archive_gateway.studies.actions.registering import UNATTRIBUTED, Attribution
from foundation.commands.running import Transactions

CANNOT_BE_WRITTEN = "What it says of itself cannot be written into the index ({fault})."
# One commit for so many files: fewer disk flushes, and little to repeat after a fault.
FILES_IN_BATCH = 16

# What a hostile or odd file can still bring about; that the database or the store is away stops the command.
UNWRITABLE = (ValueError, SQLAlchemyError)

# Files some, or refuses them for the reason that is given.
FileAll = Callable[[Sequence[Path], str], list[tuple[Received, Filed]]]


@dataclass
class Account:
    """Every file once: stored, unchanged, quarantined or not DICOM."""

    files: int = 0
    stored: int = 0
    unchanged: int = 0
    quarantined: list[dict[str, str]] = field(default_factory=list)
    not_dicom: list[dict[str, str]] = field(default_factory=list)

    def add(self, source: str, filed: Filed) -> None:
        self.files += 1
        line = {"file": source, "why": filed.why}
        match filed.outcome:
            case Outcome.STORED:
                self.stored += 1
            case Outcome.UNCHANGED:
                self.unchanged += 1
            case Outcome.QUARANTINED:
                self.quarantined.append(line)
            case Outcome.NOT_DICOM:
                self.not_dicom.append(line)


def files_below(paths: Sequence[Path]) -> list[Path]:
    """The files named, and every file below the folders named, in a steady order, each once."""
    found: dict[Path, None] = {}
    for path in paths:
        below = sorted(each for each in path.rglob("*") if not each.is_dir()) if path.is_dir() else [path]
        found.update(dict.fromkeys(below))
    return list(found)


def load(
    files: Sequence[Path],
    *,
    intake: Intake,
    transactions: Transactions,
    attribution: Attribution = UNATTRIBUTED,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> Account:
    """Store the files, batch by batch, and pack the metadata of the series that they made or changed.

    Args:
        transactions: opens one transaction as the loader.
        on_progress: hears after each batch how many files are done.

    Raises:
        OSError: the store cannot take more. What was committed before stays.
    """
    file_all = partial(_file_all, intake=intake, transactions=transactions, attribution=attribution)
    account = Account()
    touched: dict[UUID, None] = {}
    waiting = iter(files)
    while batch := list(islice(waiting, FILES_IN_BATCH)):
        for received, filed in _filed(batch, file_all):
            account.add(received.source, filed)
            if filed.series_id:
                touched[filed.series_id] = None
        on_progress(account.files)
    for series_id in touched:
        with transactions() as session:
            pack_series(session, series_id)
    return account


def _file_all(
    batch: Sequence[Path],
    refused: str,
    *,
    intake: Intake,
    transactions: Transactions,
    attribution: Attribution,
) -> list[tuple[Received, Filed]]:
    """All or none. The studies are locked in one order, so that two imports never wait for each other."""
    received: list[Received] = []
    try:
        received.extend(_taken_in(intake, path, refused) for path in batch)
        with transactions() as session:
            return [
                (each, file_received(session, each, store=intake.store, attribution=attribution))
                for each in sorted(received, key=_study)
            ]
    finally:
        for each in received:
            each.drop()


def _filed(batch: Sequence[Path], file_all: FileAll) -> list[tuple[Received, Filed]]:
    """The batch in one transaction; where one of its files cannot be written, each in its own, and that one apart."""
    try:
        return file_all(batch, "")
    except UNWRITABLE:
        return [line for path in batch for line in _alone(path, file_all)]


def _alone(path: Path, file_all: FileAll) -> list[tuple[Received, Filed]]:
    try:
        return file_all([path], "")
    except UNWRITABLE as fault:
        return file_all([path], CANNOT_BE_WRITTEN.format(fault=type(fault).__name__))


def _taken_in(intake: Intake, path: Path, refused: str) -> Received:
    received = intake.take_in(path)
    if refused and isinstance(received, Described):
        if received.twin:
            received.twin.drop()
        return Refused(received.source, refused, received.original)
    return received


def _study(received: Received) -> str:
    return received.description.study_instance_uid if isinstance(received, Described) else ""
