"""`import-dicom`: folders and files into the archive, each accounted for in the closing line; and what was set aside."""

import sys
from dataclasses import asdict
from pathlib import Path

import click
import orjson

from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.loading import files_below, load
from archive_gateway.ingestion.queries import quarantine_use, quarantined_files
from archive_gateway.studies.actions.registering import Attribution
from archive_gateway.studies.patient_argument import patient_named
from foundation.commands.running import (
    exit_code_for,
    loader_transactions,
    progress,
    stop,
    with_readable_errors,
)
from foundation.web.current_settings import current_settings
from identity.facilities.queries import facility_named


@click.command("import-dicom")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--facility", default="", help="Code of the facility where the pictures were made.")
@click.option("--patient", default="", help="Whose they are: the patient's id or SNILS.")
@with_readable_errors
def import_dicom(paths: tuple[Path, ...], facility: str, patient: str) -> None:
    """Store every DICOM file of the folders and files named, and say what became of each."""
    for path in paths:
        if not path.exists():
            stop(f"There is no file or folder {path}.")
    with loader_transactions() as transactions, Ingestor.at(current_settings()) as ingestor:
        with transactions() as session:
            attribution = Attribution(
                patient_id=patient_named(session, patient) if patient else None,
                facility_id=facility_named(session, facility).id if facility else None,
            )
        files = files_below(paths)
        with progress("Importing", total=len(files)) as on_progress:
            report = load(
                files,
                ingestor=ingestor,
                transactions=transactions,
                attribution=attribution,
                on_progress=on_progress,
            )
    click.echo(orjson.dumps(asdict(report)).decode())
    refused = len(report.quarantined)
    sys.exit(exit_code_for(refused=refused, of=report.files - len(report.not_dicom)))


@click.command("list-quarantine")
@with_readable_errors
def list_quarantine() -> None:
    """Tell every file that was not taken in: its reason, its sender and its object's number, the newest first."""
    with loader_transactions() as transactions, transactions() as session:
        files, use = quarantined_files(session), quarantine_use(session)
    for each in files:
        click.echo(orjson.dumps(each._asdict()).decode())
    room = current_settings().quarantine_megabytes * 1_000_000
    account = {"quarantined": len(files), "bytes": use.bytes, "room_for_bytes": max(0, room - use.bytes)}
    click.echo(orjson.dumps(account).decode())
