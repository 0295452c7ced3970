"""Do ordinary readers and the health check notice slow archives, half-sent bodies and unread downloads beside them?

Twenty readers ask for their timelines, with a moment between two pages. Ours is what they wait beside each kind of slow
neighbour, the reference what they wait when there is none; the two take turns. No proxy stands before the service.
"""

import contextlib
import json
import os
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from uuid import UUID

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from sqlalchemy import update

from archive_gateway.ingestion.filing import file_received
from archive_gateway.ingestion.ingestor import Ingestor
from archive_gateway.ingestion.received import Origin
from archive_gateway.store.opening import open_store
from archive_gateway.studies.actions.registering import Attribution
from archive_gateway.studies.tables.instances import Instance
from benchmarks.load_client import Request
from benchmarks.many_entries import Region
from benchmarks.ordinary_readers import Seen, watched
from benchmarks.serving import served
from benchmarks.slow_archive import slow_archive
from foundation.actor import Actor
from foundation.database.migrations import migrate
from foundation.database.process_engines import connect, disconnect
from foundation.database.transactions import transaction
from foundation.postgres.embedded.running import running
from foundation.postgres.roles import LOADER, OWNER
from tests.ports import free_ports

QUICK = bool(os.environ.get("QUICK"))
ROUNDS, SECONDS = (1, 4) if QUICK else (5, 4)
ENTRIES = 10_000
READERS, SLOW_ANSWERS, HALF_SENT, UNREAD = 20, 16, 40, 40
# So that the neighbours are there before the readers begin.
SETTLES_S = 0.3
# Rows and columns of 16-bit cells: 32 MB, more than any buffer on the way holds.
SIDE = 4096
CITIZEN_COOKIE = "session_of_citizen"


def main() -> None:
    ports = free_ports()
    with tempfile.TemporaryDirectory(prefix="center-") as folder, running(Path(folder)) as address:
        migrate(address.url(OWNER))
        with contextlib.closing(Region(address)) as region, slow_archive() as behind:
            region.grow_to(ENTRIES)
            connect(address.url(LOADER))
            far, near = (stored(folder, region.patients[0], side) for side in (16, SIDE))
            leave_upstream(far)
            disconnect()
            cookies = [
                f"{CITIZEN_COOKIE}={token}" for token in region.sign_in(region.patients[: READERS + 1])
            ]
            with served("wsgi:create_web()", ports, folder, upstream=behind):
                rounds = measured(ports, cookies, far=far, near=near)
    report(rounds)


def stored(folder: str, patient_id: str, side: int) -> str:
    """An object of the patient in the archive; its address."""
    made = Dataset()
    made.SOPClassUID, made.Modality = CTImageStorage, "CT"
    made.SOPInstanceUID, made.StudyInstanceUID, made.SeriesInstanceUID = (generate_uid() for _ in range(3))
    made.Rows = made.Columns = side
    made.SamplesPerPixel, made.PhotometricInterpretation, made.PixelRepresentation = 1, "MONOCHROME2", 0
    made.BitsAllocated = made.BitsStored = 16
    made.HighBit, made.PixelData = 15, os.urandom(2 * side * side)
    made["PixelData"].VR = "OW"
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    written = BytesIO()
    made.save_as(written, enforce_file_format=True)
    store = open_store((Path(folder) / "images").as_uri(), Path(folder))
    with Ingestor(store) as ingestor:
        received = ingestor.ingest_blocks([written.getvalue()], origin=Origin("benchmark"))
        file_received(
            received,
            ingestor=ingestor,
            transactions=lambda: transaction(Actor.system("loader")),
            attribution=Attribution(UUID(patient_id)),
        )
        received.discard()
    study = f"/archive/studies/{made.StudyInstanceUID}"
    return f"{study}/series/{made.SeriesInstanceUID}/instances/{made.SOPInstanceUID}"


def leave_upstream(address: str) -> None:
    """Have the bytes of this object only in the archive behind us."""
    nothing = {"content_sha256": None, "served_sha256": None, "dicom_json": None}
    with transaction(Actor.system("loader")) as session:
        session.execute(
            update(Instance).where(Instance.sop_instance_uid == address.rpartition("/")[2]).values(nothing)
        )


def measured(port: int, cookies: Sequence[str], *, far: str, near: str) -> dict[str, list[tuple[Seen, Seen]]]:
    """For each kind of neighbour, what was seen without and with it, round by round."""
    own, *others = cookies
    readers = [Request("/my/timeline", cookie) for cookie in others]
    metadata = far.partition("/series/")[0] + "/metadata"
    neighbours = {
        "slow_upstream": [asking(metadata, own)] * SLOW_ANSWERS,
        "half_sent": [HALF_A_BODY] * HALF_SENT,
        "unread": [asking(near, own)] * UNREAD,
    }
    watched(port, readers, seconds=2)
    rounds: dict[str, list[tuple[Seen, Seen]]] = {name: [] for name in neighbours}
    for _ in range(ROUNDS):
        for name, sent in neighbours.items():
            quiet = watched(port, readers, seconds=SECONDS)
            with beside(port, sent):
                time.sleep(SETTLES_S)
                beset = watched(port, readers, seconds=SECONDS)
            told = f"{beset.p95_ms:.0f} ms beside {quiet.p95_ms:.0f}, {beset.lost} lost"
            print(f"{name}: {told}, healthz {beset.healthz_lost}", file=sys.stderr)
            rounds[name].append((quiet, beset))
    return rounds


HALF_A_BODY = (
    b"POST /language HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    b"Content-Length: 1000\r\n\r\nlanguage="
)


def asking(path: str, cookie: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()


@contextlib.contextmanager
def beside(port: int, sent: Sequence[bytes]) -> Iterator[None]:
    """Connections that have sent this and take nothing of what comes, for the duration of the block."""
    with contextlib.ExitStack() as open_ones:
        for each in sent:
            connection = socket.socket()
            # As a reader whose line is full: little is buffered on this side.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            open_ones.callback(connection.close)
            connection.settimeout(5)
            connection.connect(("127.0.0.1", port))
            connection.sendall(each)
        yield


def report(rounds: dict[str, list[tuple[Seen, Seen]]]) -> None:
    pairs = [pair for of_kind in rounds.values() for pair in of_kind]
    times = {
        name: statistics.median(beset.p95_ms / quiet.p95_ms for quiet, beset in of_kind)
        for name, of_kind in rounds.items()
    }
    worst = max(times, key=lambda name: times[name])
    print(
        json.dumps(
            {
                "bench": "slow_neighbours",
                "ours": round(statistics.median(beset.p95_ms for _, beset in rounds[worst]), 1),
                "reference": round(statistics.median(quiet.p95_ms for quiet, _ in rounds[worst]), 1),
                "ratio": round(times[worst], 2),
                "unit": "ms",
                "reference_is": "the p95 of the same readers without a slow neighbour, in turns",
                "n": ROUNDS,
                "detail": {
                    "worst": worst,
                    **{f"{name}_x": round(value, 2) for name, value in times.items()},
                    "p95_ms": round(statistics.median(beset.p95_ms for _, beset in pairs), 1),
                    "pages": sum(len(beset.ms) for _, beset in pairs),
                    "pages_lost": sum(beset.lost for _, beset in pairs),
                    "healthz_lost": sum(beset.healthz_lost for _, beset in pairs),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
