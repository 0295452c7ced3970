"""`listen-dicom`: devices send their pictures here."""

import resource
import signal
import threading

import click

from archive_gateway.dimse.callers import further_storage_classes, permitted_callers
from archive_gateway.ingestion.ingestor import Ingestor
from foundation import logs
from foundation.commands.running import loader_transactions, with_readable_errors
from foundation.web.current_settings import current_settings

PARSERS = 2
# The network library takes a unit of any length that a sender announces, into memory.
MOST_MEMORY_BYTES = 4 << 30


@click.command("listen-dicom")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@with_readable_errors
def listen_dicom(host: str) -> None:
    """Take in what devices send by C-STORE, until told to stop."""
    # The DICOM network is slow to import, and every process of ours lists this command.
    from archive_gateway.dimse.listener import Listener

    resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    settings = current_settings()
    further = further_storage_classes(settings)
    done = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: done.set())
    with (
        loader_transactions(waits_for_room=True) as transactions,
        Ingestor.at(settings, parsers=PARSERS) as ingestor,
    ):
        listener = Listener(
            ingestor=ingestor,
            transactions=transactions,
            ae_title=settings.dicom_ae_title,
            calling_ae_titles=permitted_callers(settings),
            further_storage_classes=further,
        )
        with listener.at(host, settings.dicom_port):
            logs.event("dicom.listening", port=settings.dicom_port)
            done.wait()
