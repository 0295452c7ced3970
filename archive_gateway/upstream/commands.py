"""`index-upstream`: what the archive behind us holds is entered into our index, so that our walls stand before it."""

from dataclasses import asdict

import click
import orjson

from archive_gateway.studies.patient_argument import patient_named
from archive_gateway.upstream.client import open_upstream
from archive_gateway.upstream.indexing import index_archive
from foundation.commands.running import loader_transactions, progress, stop, with_readable_errors
from foundation.web.current_settings import current_settings


@click.command("index-upstream")
@click.option("--patient", default="", help="Give every study found to this patient (id or SNILS).")
@click.option("--patient-id", "sent", default="", help="Only studies with this DICOM PatientID.")
@with_readable_errors
def index_upstream(patient: str, sent: str) -> None:
    """Read the studies of UPSTREAM_DICOMWEB_URL by QIDO-RS and enter them into the index."""
    address = current_settings().upstream_dicomweb_url
    if not address:
        stop("No archive is set up: UPSTREAM_DICOMWEB_URL is empty.")
    with loader_transactions() as transactions:
        with transactions() as session:
            patient_id = patient_named(session, patient) if patient else None
        with progress("Studies read:") as on_progress:
            report = index_archive(
                open_upstream(address),
                transactions=transactions,
                patient_identifier=sent,
                patient_id=patient_id,
                on_progress=on_progress,
            )
    click.echo(orjson.dumps(asdict(report)).decode())
