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
from pynetdicom import (
    AE,
    ALL_TRANSFER_SYNTAXES,
    AllStoragePresentationContexts,
    build_context,
    evt,
    register_uid,
)
from pynetdicom.association import Association
from pynetdicom.dimse_primitives import C_STORE
from pynetdicom.events import Event
from pynetdicom.pdu_primitives import A_ASSOCIATE
from pynetdicom.presentation import PresentationContext
from pynetdicom.service_class import ServiceClass, StorageServiceClass
from pynetdicom.sop_class import uid_to_service_class
from sqlalchemy.exc import SQLAlchemyError

from archive_gateway.devices.queries import DeviceCard, device_named
from archive_gateway.dicom.rules.transfer_syntax import EXPLICIT_LITTLE_ENDIAN
from archive_gateway.dimse.statuses import SUCCESS, cannot_take_now, status_of
from archive_gateway.ingestion.actions.storing import StoringResult
from archive_gateway.ingestion.filing import file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import Origin
from archive_gateway.metadata.actions import pack_series
from archive_gateway.rendering.renderer import open_renderer
from archive_gateway.rendering.trying import try_series
from archive_gateway.studies.actions.registering import Attribution
from foundation import logs
from foundation.commands.running import Transactions
from foundation.errors import Refusal

VERIFICATION = "1.2.840.10008.1.1"
# Of several that a device offers for one kind of object, the first of these is taken.
TRANSFER_SYNTAXES = (
    EXPLICIT_LITTLE_ENDIAN,
    *(each for each in ALL_TRANSFER_SYNTAXES if each != EXPLICIT_LITTLE_ENDIAN),
)
# Rejected for good, by the service's user: the calling, or the called AE title is not recognised; or for now, by its
# provider: congestion. DICOM PS3.8 section 9.3.4.
CALLER_UNKNOWN, CALLED_UNKNOWN, TRY_LATER = (1, 1, 3), (1, 1, 7), (2, 3, 1)
_WHY_REJECTED = {
    CALLER_UNKNOWN: "It is neither in the register of devices nor in DICOM_CALLING_AE_TITLES.",
    CALLED_UNKNOWN: "It called by another AE title than the register of devices names.",
    TRY_LATER: "The register of devices cannot be read now.",
}
MOST_ASSOCIATIONS = 20
LARGEST_PDU_BYTES = 128 * 1024
SILENT_FOR_S = 60


class Listener:
    """The archive's ear on the network.

    Args:
        calling_ae_titles: devices that may send beside those of the register; None lets in any that reaches the port.
        further_storage_classes: kinds of object that every device may send beside the standard's.
    """

    def __init__(
        self,
        *,
        ingestor: Ingestor,
        transactions: Transactions,
        ae_title: str,
        calling_ae_titles: Sequence[str] | None = None,
        further_storage_classes: Sequence[str] = (),
    ) -> None:
        self._ingestor = ingestor
        self._transactions = transactions
        self._touched: dict[Association, set[UUID]] = {}
        self._devices: dict[Association, DeviceCard] = {}
        self._lock = threading.Lock()
        self._entity = AE(ae_title=ae_title)
        self._entity.maximum_associations = MOST_ASSOCIATIONS
        self._entity.maximum_pdu_size = LARGEST_PDU_BYTES
        self._entity.network_timeout = SILENT_FOR_S
        self._callers = None if calling_ae_titles is None else frozenset(calling_ae_titles)
        self._entity.add_supported_context(VERIFICATION)
        for context in AllStoragePresentationContexts:
            self._entity.add_supported_context(context.abstract_syntax or "", TRANSFER_SYNTAXES)
        for each in further_storage_classes:
            _serve(each)
            self._entity.add_supported_context(each, TRANSFER_SYNTAXES)

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
        """Let a device in, or refuse the association; the register says what it may send and how it writes."""
        association, request = event.assoc, cast(A_ASSOCIATE, event.assoc.requestor.primitive)
        calling, called = str(request.calling_ae_title).strip(), str(request.called_ae_title).strip()
        try:
            with self._transactions() as session:
                device = device_named(session, calling)
        except (OSError, Refusal, SQLAlchemyError) as fault:
            logs.fault("dicom.failed", fault, device=calling)
            _reject(association, TRY_LATER, calling)
            return
        if device is None:
            if self._callers is not None and calling not in self._callers:
                _reject(association, CALLER_UNKNOWN, calling)
            return
        if device.called_ae_title not in {"", called}:
            _reject(association, CALLED_UNKNOWN, calling)
            return
        with self._lock:
            self._devices[association] = device
        if device.storage_classes:
            association.acceptor.supported_contexts = _contexts(device.storage_classes)

    def _store(self, event: Event) -> Dataset:
        """Answer one C-STORE."""
        with self._lock:
            device = self._devices.get(event.assoc)
        origin = _origin(event, device)
        try:
            result = self._stored(event, origin, device)
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

    def _stored(self, event: Event, origin: Origin, device: DeviceCard | None) -> StoringResult:
        received = self._ingestor.ingest_announced([event.encoded_dataset()], origin=origin)
        try:
            return file_received(
                received,
                ingestor=self._ingestor,
                transactions=self._transactions,
                attribution=Attribution(facility_id=device.facility_id if device else None),
            )
        finally:
            received.discard()

    def _finished(self, event: Event) -> None:
        """The device has hung up: its series are complete for now, so their metadata is packed and their frames tried."""
        with self._lock:
            touched = self._touched.pop(event.assoc, set())
            self._devices.pop(event.assoc, None)
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


def _contexts(storage_classes: Sequence[str]) -> list[PresentationContext]:
    """What a device may send that the register names the classes of; private and retired ones among them."""
    for each in storage_classes:
        _serve(each)
    return [
        build_context(VERIFICATION),
        *(build_context(each, list(TRANSFER_SYNTAXES)) for each in storage_classes),
    ]


def _serve(storage_class: str) -> None:
    """The network library serves only what it knows."""
    if uid_to_service_class(storage_class) is ServiceClass:
        register_uid(storage_class, f"Storage_{storage_class.replace('.', '_')}", StorageServiceClass)


def _reject(association: Association, why: tuple[int, int, int], calling: str) -> None:
    association.acse.send_reject(*why)
    logs.event(
        "dicom.association_refused",
        level=logging.WARNING,
        device=calling,
        peer=str(association.requestor.address),
        message=_WHY_REJECTED[why],
    )


def _origin(event: Event, device: DeviceCard | None) -> Origin:
    calling, request = str(event.assoc.requestor.ae_title), cast(C_STORE, event.request)
    return Origin(
        f"C-STORE from {calling}",
        calling_ae_title=calling,
        default_character_set=device.default_character_set if device else "",
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


def _opened(event: Event) -> None:
    """Whoever falls silent in the middle of a unit is cut off: its place is one of few.

    Small answers go out at once: waiting for the next packet costs a device 40 ms an object.
    """
    connection = event.assoc.dul.socket.socket if event.assoc.dul.socket else None
    if connection is not None:
        connection.settimeout(SILENT_FOR_S)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
