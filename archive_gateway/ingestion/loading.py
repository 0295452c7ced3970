"""Many files at once: what `import-dicom` does, apart from the terminal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

from archive_gateway.ingestion.actions.storing import StoringOutcome, StoringResult, store_received
from archive_gateway.ingestion.comparing import ComparisonNeeded
from archive_gateway.ingestion.filing import UNWRITABLE, file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import ParsedInstance, Received
from archive_gateway.metadata.actions import pack_series
from archive_gateway.rendering.renderer import Renderer
from archive_gateway.rendering.trying import Trial, try_series
from archive_gateway.studies.actions.registering import UNATTRIBUTED, Attribution
from foundation.commands.running import Transactions

# One commit for so many files: fewer disk flushes, and little to repeat after a fault.
FILES_IN_BATCH = 16


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
    how = _How(ingestor, transactions, attribution)
    report = ImportReport()
    touched: dict[UUID, None] = {}
    remaining = iter(files)
    while batch := list(islice(remaining, FILES_IN_BATCH)):
        for received, result in _stored(batch, how):
            report.add(received.origin.source, result)
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


@dataclass(frozen=True, slots=True)
class _How:
    ingestor: Ingestor
    transactions: Transactions
    attribution: Attribution


def _stored(batch: Sequence[Path], how: _How) -> list[tuple[Received, StoringResult]]:
    """The batch in one transaction; where one of its files cannot be written or must be compared first, each in its own."""
    try:
        return _stored_together(batch, how)
    except (*UNWRITABLE, ComparisonNeeded):
        return [_stored_alone(path, how) for path in batch]


def _stored_together(batch: Sequence[Path], how: _How) -> list[tuple[Received, StoringResult]]:
    """All or none. The studies are locked in one order, so that two imports never wait for each other."""
    received: list[Received] = []
    store, quota, attribution = how.ingestor.store, how.ingestor.quota, how.attribution
    try:
        received.extend(how.ingestor.ingest(path) for path in batch)
        with how.transactions() as session:
            return [
                (each, store_received(session, each, store=store, attribution=attribution, quota=quota))
                for each in sorted(received, key=_study)
            ]
    finally:
        for each in received:
            each.discard()


def _stored_alone(path: Path, how: _How) -> tuple[Received, StoringResult]:
    received = how.ingestor.ingest(path)
    try:
        return received, file_received(
            received,
            ingestor=how.ingestor,
            transactions=how.transactions,
            attribution=how.attribution,
        )
    finally:
        received.discard()


def _study(received: Received) -> str:
    return received.description.study_instance_uid if isinstance(received, ParsedInstance) else ""
