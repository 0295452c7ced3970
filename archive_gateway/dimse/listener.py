"""A storage SCP: C-ECHO and C-STORE. DICOM PS3.4 annex B, PS3.7 section 9.1.

A device hears "success" only when the bytes are synced and the index has committed.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from uuid import UUID

from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from sqlalchemy.exc import SQLAlchemyError

from archive_gateway.ingestion.actions.storing import StoringOutcome, StoringResult, store_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.metadata.actions import pack_series
from archive_gateway.rendering.renderer import open_renderer
from archive_gateway.rendering.trying import try_series
from foundation import logs
from foundation.commands.running import Transactions
from foundation.errors import Refusal

VERIFICATION = "1.2.840.10008.1.1"
SUCCESS = 0x0000
OUT_OF_RESOURCES = 0xA700
CANNOT_UNDERSTAND = 0xC000
# Rejected for good, by the service's user: the calling AE title is not recognised. DICOM PS3.8 section 9.3.4.
CALLER_UNKNOWN = (1, 1, 3)
MOST_ASSOCIATIONS = 20
LARGEST_PDU_BYTES = 128 * 1024
SILENT_FOR_S = 60


class Listener:
    """The archive's ear on the network.

    Args:
        calling_ae_titles: devices that may send; None lets in any that reaches the port, an empty list nobody.
    """

    def __init__(
        self,
        *,
        ingestor: Ingestor,
        transactions: Transactions,
        ae_title: str,
        calling_ae_titles: Sequence[str] | None = None,
    ) -> None:
        self._ingestor = ingestor
        self._transactions = transactions
        self._touched: dict[Association, set[UUID]] = {}
        self._lock = threading.Lock()
        self._entity = AE(ae_title=ae_title)
        self._entity.maximum_associations = MOST_ASSOCIATIONS
        self._entity.maximum_pdu_size = LARGEST_PDU_BYTES
        self._entity.network_timeout = SILENT_FOR_S
        # To the network library an empty list means everybody.
        self._closed = calling_ae_titles is not None and not calling_ae_titles
        self._entity.require_calling_aet = list(calling_ae_titles or ())
        self._entity.add_supported_context(VERIFICATION)
        for context in AllStoragePresentationContexts:
            self._entity.add_supported_context(context.abstract_syntax or "", ALL_TRANSFER_SYNTAXES)

    @contextlib.contextmanager
    def at(self, host: str, port: int) -> Iterator[int]:
        """Listen for the duration of the block; gives the port. Raises OSError when it is taken."""
        # Its own log lines name patients.
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
        server = self._entity.start_server(
            (host, port),
            block=False,
            evt_handlers=[
                (evt.EVT_CONN_OPEN, _opened),
                (evt.EVT_REQUESTED, self._asked),
                (evt.EVT_C_STORE, self._store),
                (evt.EVT_CONN_CLOSE, self._finished),
            ],
        )
        try:
            yield server.server_address[1]  # type: ignore[union-attr]
        finally:
            server.shutdown()  # type: ignore[union-attr]

    def _asked(self, event: Event) -> None:
        """Refuse the association where nobody may send; otherwise the network library compares the names."""
        if self._closed:
            event.assoc.acse.send_reject(*CALLER_UNKNOWN)

    def _store(self, event: Event) -> int:
        """Answer one C-STORE."""
        try:
            result = self._stored(event)
        except (OSError, Refusal, SQLAlchemyError) as fault:
            logs.fault("dicom.failed", fault)
            return OUT_OF_RESOURCES
        if result.series_id:
            with self._lock:
                self._touched.setdefault(event.assoc, set()).add(result.series_id)
        if result.outcome in {StoringOutcome.STORED, StoringOutcome.UNCHANGED}:
            return SUCCESS
        logs.event("dicom.refused", message=result.why)
        return CANNOT_UNDERSTAND

    def _stored(self, event: Event) -> StoringResult:
        source = f"C-STORE from {event.assoc.requestor.ae_title}"
        received = self._ingestor.ingest_blocks([event.encoded_dataset()], source=source)
        try:
            with self._transactions() as session:
                return store_received(session, received, store=self._ingestor.store)
        finally:
            received.discard()

    def _finished(self, event: Event) -> None:
        """The device has hung up: its series are complete for now, so their metadata is packed and their frames tried."""
        with self._lock:
            touched = self._touched.pop(event.assoc, set())
        for series_id in touched:
            try:
                with self._transactions() as session:
                    pack_series(session, series_id)
                try_series(
                    series_id,
                    transactions=self._transactions,
                    store=self._ingestor.store,
                    renderer=open_renderer(),
                )
            except (Refusal, SQLAlchemyError) as fault:
                logs.fault("dicom.unpacked", fault)


def _opened(event: Event) -> None:
    """Whoever falls silent in the middle of a unit is cut off: its place is one of few.

    Small answers go out at once: waiting for the next packet costs a device 40 ms an object.
    """
    connection = event.assoc.dul.socket.socket if event.assoc.dul.socket else None
    if connection is not None:
        connection.settimeout(SILENT_FOR_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
