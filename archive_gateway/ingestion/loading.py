"""Many files at once: what `import-dicom` does, apart from the terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from archive_gateway.ingestion.actions.storing import StoringOutcome, StoringResult, store_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import ParsedInstance, Received, Refused
from archive_gateway.metadata.actions import pack_series
from archive_gateway.rendering.renderer import Renderer
from archive_gateway.rendering.trying import Trial, try_series
from archive_gateway.studies.actions.registering import UNATTRIBUTED, Attribution
from foundation.commands.running import Transactions

CANNOT_BE_WRITTEN = "What it says of itself cannot be written into the index ({fault})."
# One commit for so many files: fewer disk flushes, and little to repeat after a fault.
FILES_IN_BATCH = 16

# What a hostile or odd file can still bring about; that the database or the store is away stops the command.
UNWRITABLE = (ValueError, SQLAlchemyError)

# Files some, or refuses them for the reason that is given.
StoreBatch = Callable[[Sequence[Path], str], list[tuple[Received, StoringResult]]]


@dataclass
class ImportReport:
    """Every file once: stored, unchanged, quarantined or not DICOM; and of what was stored, what cannot be decoded."""

    files: int = 0
    stored: int = 0
    unchanged: int = 0
    quarantined: list[dict[str, str]] = field(default_factory=list)
    not_dicom: list[dict[str, str]] = field(default_factory=list)
    undecodable: list[dict[str, str | int]] = field(default_factory=list)

    def add(self, source: str, result: StoringResult) -> None:
        self.files += 1
        line = {"file": source, "why": result.why}
        match result.outcome:
            case StoringOutcome.STORED:
                self.stored += 1
            case StoringOutcome.UNCHANGED:
                self.unchanged += 1
            case StoringOutcome.QUARANTINED:
                self.quarantined.append(line)
            case StoringOutcome.NOT_DICOM:
                self.not_dicom.append(line)

    def add_trials(self, trials: Iterable[Trial]) -> None:
        self.undecodable += [
            {"instance": each.sop_instance_uid, "frames": each.undecodable}
            for each in trials
            if each.undecodable
        ]


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
    ingestor: Ingestor,
    transactions: Transactions,
    attribution: Attribution = UNATTRIBUTED,
    on_progress: Callable[[int], None] = lambda _done: None,
) -> ImportReport:
    """Store the files, batch by batch, pack the metadata of the series that they made or changed, and
    try whether their frames can be decoded.

    Args:
        transactions: opens one transaction as the loader.
        on_progress: hears after each batch how many files are done.

    Raises:
        OSError: the store cannot take more. What was committed before stays.
    """
    store_batch = partial(_store_batch, ingestor=ingestor, transactions=transactions, attribution=attribution)
    report = ImportReport()
    touched: dict[UUID, None] = {}
    remaining = iter(files)
    while batch := list(islice(remaining, FILES_IN_BATCH)):
        for received, result in _stored(batch, store_batch):
            report.add(received.source, result)
            if result.series_id:
                touched[result.series_id] = None
        on_progress(report.files)
    with Renderer() as renderer:
        for series_id in touched:
            with transactions() as session:
                pack_series(session, series_id)
            report.add_trials(
                try_series(series_id, transactions=transactions, store=ingestor.store, renderer=renderer)
            )
    return report


def _store_batch(
    batch: Sequence[Path],
    refused: str,
    *,
    ingestor: Ingestor,
    transactions: Transactions,
    attribution: Attribution,
) -> list[tuple[Received, StoringResult]]:
    """All or none. The studies are locked in one order, so that two imports never wait for each other."""
    received: list[Received] = []
    try:
        received.extend(_ingested(ingestor, path, refused) for path in batch)
        with transactions() as session:
            return [
                (each, store_received(session, each, store=ingestor.store, attribution=attribution))
                for each in sorted(received, key=_study)
            ]
    finally:
        for each in received:
            each.discard()


def _stored(batch: Sequence[Path], store_batch: StoreBatch) -> list[tuple[Received, StoringResult]]:
    """The batch in one transaction; where one of its files cannot be written, each in its own, and that one apart."""
    try:
        return store_batch(batch, "")
    except UNWRITABLE:
        return [line for path in batch for line in _stored_alone(path, store_batch)]


def _stored_alone(path: Path, store_batch: StoreBatch) -> list[tuple[Received, StoringResult]]:
    try:
        return store_batch([path], "")
    except UNWRITABLE as fault:
        return store_batch([path], CANNOT_BE_WRITTEN.format(fault=type(fault).__name__))


def _ingested(ingestor: Ingestor, path: Path, refused: str) -> Received:
    received = ingestor.ingest(path)
    if refused and isinstance(received, ParsedInstance):
        if received.derived_copy:
            received.derived_copy.discard()
        return Refused(received.source, refused, received.original)
    return received


def _study(received: Received) -> str:
    return received.description.study_instance_uid if isinstance(received, ParsedInstance) else ""
