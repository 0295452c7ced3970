"""Many files at once: what `import-dicom` does, apart from the terminal."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from uuid import UUID

from sqlalchemy.orm import Session

from archive_gateway.actions import Filed, Outcome, file_received, pack_series
from archive_gateway.intake import Described, Intake, Received

# One commit for so many files: fewer disk flushes, and little to repeat after a fault.
FILES_IN_BATCH = 16

Transactions = Callable[[], AbstractContextManager[Session]]


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
    patient_id: UUID | None = None,
    facility_id: UUID | None = None,
    told: Callable[[int], None] = lambda _done: None,
) -> Account:
    """Store the files, batch by batch, and pack the metadata of the series that they made or changed.

    Args:
        transactions: opens one transaction as the loader.
        told: hears after each batch how many files are done.

    Raises:
        OSError: the store cannot take more. What was committed before stays.
    """
    account = Account()
    touched: dict[UUID, None] = {}
    waiting = iter(files)
    while batch := list(islice(waiting, FILES_IN_BATCH)):
        for received, filed in _filed(batch, intake, transactions, patient_id, facility_id):
            account.add(_printable(received.source), filed)
            if filed.series_id:
                touched[filed.series_id] = None
        told(account.files)
    for series_id in touched:
        with transactions() as session:
            pack_series(session, series_id)
    return account


def _filed(
    batch: Sequence[Path],
    intake: Intake,
    transactions: Transactions,
    patient_id: UUID | None,
    facility_id: UUID | None,
) -> Iterator[tuple[Received, Filed]]:
    """One transaction; its studies are locked in one order, so that two imports never wait for each other."""
    received: list[Received] = []
    try:
        received.extend(intake.take_in(path) for path in batch)
        done = []
        with transactions() as session:
            for each in sorted(received, key=_study):
                done.append(
                    (
                        each,
                        file_received(
                            session, each, store=intake.store, patient_id=patient_id, facility_id=facility_id
                        ),
                    )
                )
        yield from done
    finally:
        for each in received:
            each.drop()


def _study(received: Received) -> str:
    return received.description.study_instance_uid if isinstance(received, Described) else ""


def _printable(name: str) -> str:
    return name.encode("utf-8", "replace").decode()
