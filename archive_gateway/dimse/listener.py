"""A storage SCP: C-ECHO and C-STORE. DICOM PS3.4 annex B, PS3.7 section 9.1.

A device hears "success" only when the bytes are synced and the index has committed.
"""

import contextlib
import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from typing import cast
from uuid import UUID

from pydicom.dataset import Dataset
from pynetdicom import AE, ALL_TRANSFER_SYNTAXES, AllStoragePresentationContexts, evt
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event
from sqlalchemy.exc import SQLAlchemyError

from archive_gateway.dicom.rules.transfer_syntax import EXPLICIT_LITTLE_ENDIAN
from archive_gateway.dimse.statuses import SUCCESS, cannot_take_now, status_of
from archive_gateway.ingestion.actions.storing import StoringResult
from archive_gateway.ingestion.filing import file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import Origin
from archive_gateway.metadata.actions import pack_series
from archive_gateway.rendering.renderer import open_renderer
from archive_gateway.rendering.trying import try_series
from foundation import logs
from foundation.commands.running import Transactions
from foundation.errors import Refusal

VERIFICATION = "1.2.840.10008.1.1"
# Of several that a device offers for one kind of object, the first of these is taken.
TRANSFER_SYNTAXES = (
    EXPLICIT_LITTLE_ENDIAN,
    *(each for each in ALL_TRANSFER_SYNTAXES if each != EXPLICIT_LITTLE_ENDIAN),
)
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
            self._entity.add_supported_context(context.abstract_syntax or "", TRANSFER_SYNTAXES)

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
                (evt.EVT_REJECTED, _rejected),
                (evt.EVT_ESTABLISHED, _negotiated),
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

    def _store(self, event: Event) -> Dataset:
        """Answer one C-STORE."""
        origin = _origin(event)
        try:
            result = self._stored(event, origin)
        # Whatever befell us, the device hears that nothing is kept, and an operator which object it was.
        except Exception as fault:
            logs.fault("dicom.failed", fault, device=origin.calling_ae_title, object=origin.sop_instance_uid)
            return cannot_take_now()
        if result.series_id:
            with self._lock:
                self._touched.setdefault(event.assoc, set()).add(result.series_id)
        answer = status_of(result)
        if answer.Status != SUCCESS:
            logs.event(
                "dicom.refused",
                level=logging.WARNING,
                device=origin.calling_ae_title,
                object=origin.sop_instance_uid,
                status=f"{answer.Status:04X}",
                message=result.why,
            )
        return answer

    def _stored(self, event: Event, origin: Origin) -> StoringResult:
        received = self._ingestor.ingest_announced([event.encoded_dataset()], origin=origin)
        try:
            return file_received(received, ingestor=self._ingestor, transactions=self._transactions)
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


def _origin(event: Event) -> Origin:
    device, request = str(event.assoc.requestor.ae_title), cast(C_STORE, event.request)
    return Origin(
        f"C-STORE from {device}",
        calling_ae_title=device,
        sop_class_uid=str(request.AffectedSOPClassUID or ""),
        sop_instance_uid=str(request.AffectedSOPInstanceUID or ""),
    )


def _negotiated(event: Event) -> None:
    """A technician whose device may not send what it has finds here which kinds of object that are."""
    refused = sorted({str(context.abstract_syntax) for context in event.assoc.rejected_contexts})
    if refused:
        logs.event(
            "dicom.contexts_refused",
            level=logging.WARNING,
            device=str(event.assoc.requestor.ae_title),
            count=len(refused),
            message=", ".join(refused),
        )


def _rejected(event: Event) -> None:
    logs.event(
        "dicom.association_refused",
        level=logging.WARNING,
        device=str(event.assoc.requestor.ae_title),
        peer=str(event.assoc.requestor.address),
    )


def _opened(event: Event) -> None:
    """Whoever falls silent in the middle of a unit is cut off: its place is one of few.

    Small answers go out at once: waiting for the next packet costs a device 40 ms an object.
    """
    connection = event.assoc.dul.socket.socket if event.assoc.dul.socket else None
    if connection is not None:
        connection.settimeout(SILENT_FOR_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
