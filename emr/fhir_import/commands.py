"""`import-fhir`: bundles of other systems, each resource accounted for in the closing line."""

import glob
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy.exc import DataError, IntegrityError

from emr.fhir_import.actions.bundles import Imported, import_bundle
from emr.fhir_import.validation.bundles import UNNAMED_SOURCE, read_bundle
from emr.fhir_import.validation.refusals import BundleRefused
from foundation.commands.running import (
    Transactions,
    loader_transactions,
    progress,
    stop,
    with_readable_errors,
)
from identity.facilities.queries import facility_named

# Of a whole region whose directory was not sent there are hundreds of thousands; a few tell what is missing.
MOST_UNRESOLVED = 20


@dataclass
class ImportReport:
    """What became of everything that was given to the command."""

    bundles: int = 0
    resources: int = 0
    stored: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    refused: list[dict[str, object]] = field(default_factory=list)
    unresolved: int = 0
    first_unresolved: list[dict[str, object]] = field(default_factory=list)

    def add(self, file: Path, imported: Imported) -> None:
        self.stored += imported.stored
        self.unchanged += imported.unchanged
        self.resources += imported.stored.total() + imported.unchanged.total()
        for where, why in imported.left_out:
            self.refuse(file, BundleRefused(where, why, resources=1))
        self.unresolved += len(imported.unresolved)
        for where, reference in imported.unresolved[: MOST_UNRESOLVED - len(self.first_unresolved)]:
            self.first_unresolved.append({"file": str(file), "where": where, "reference": reference})

    def refuse(self, file: Path, refusal: BundleRefused) -> None:
        self.resources += refusal.resources
        line: dict[str, object] = {"file": str(file), "where": refusal.where, "why": refusal.why}
        self.refused.append(line | ({"resources": refusal.resources} if refusal.resources else {}))

    def as_line(self) -> str:
        return json.dumps(
            {
                "bundles": self.bundles,
                "resources": self.resources,
                "stored": dict(sorted(self.stored.items())),
                "unchanged": dict(sorted(self.unchanged.items())),
                "refused": self.refused,
                "unresolved": {"count": self.unresolved, "first": self.first_unresolved},
            },
            ensure_ascii=False,
        )


@click.command("import-fhir")
@click.argument("files", nargs=-1, required=True)
@click.option("--facility", default="", help="Code of the facility that cares for the patients from now on.")
@click.option(
    "--source", default=UNNAMED_SOURCE, help="Name of the sending system, where the files name none."
)
@with_readable_errors
def import_fhir(files: tuple[str, ...], facility: str, source: str) -> None:
    """Load FHIR R4 bundles (transaction, batch, collection) from files, folders or patterns."""
    found = _found(files)
    with loader_transactions() as transactions:
        with transactions() as session:
            facility_id = facility_named(session, facility).id if facility else None
        report = _imported(found, transactions, facility_id=facility_id, source=source)
    click.echo(report.as_line())


def _found(named: tuple[str, ...]) -> list[Path]:
    files: list[Path] = []
    for name in named:
        path = Path(name)
        if path.is_dir():
            files += sorted(path.glob("*.json"))
        elif path.is_file():
            files.append(path)
        elif matching := sorted(glob.glob(name)):
            files += [Path(each) for each in matching]
        else:
            stop(f"There is no file or folder {name}.")
    if not files:
        stop("There are no .json files in what was named.")
    return list(dict.fromkeys(files))


def _imported(
    files: list[Path], transactions: Transactions, *, facility_id: UUID | None, source: str
) -> ImportReport:
    report = ImportReport()
    with progress("Importing", total=len(files)) as on_progress:
        for file in files:
            report.bundles += 1
            try:
                report.add(file, _one(file, transactions, facility_id=facility_id, source=source))
            except BundleRefused as refusal:
                report.refuse(file, refusal)
            on_progress(report.bundles)
    return report


def _one(file: Path, transactions: Transactions, *, facility_id: UUID | None, source: str) -> Imported:
    """One bundle, one transaction: all of it or nothing."""
    try:
        raw = file.read_bytes()
    except OSError as fault:
        raise BundleRefused("file", f"cannot be read: {fault.strerror}") from fault
    bundle = read_bundle(raw, source=source)
    try:
        with transactions() as session:
            return import_bundle(session, bundle, facility_id=facility_id)
    except BundleRefused as refusal:
        refusal.resources = len(bundle.resources)
        raise
    except (IntegrityError, DataError) as fault:
        clash = BundleRefused("Bundle", "clashes with what another import stores at the same time; repeat it")
        clash.resources = len(bundle.resources)
        raise clash from fault
