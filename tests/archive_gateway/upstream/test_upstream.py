"""An existing archive behind us: a real Orthanc, reached only through our walls."""

import contextlib
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pydicom
import pytest
import requests
from pydicom.uid import generate_uid
from sqlalchemy import select

from archive_gateway.studies.actions.assigning import assign_study
from archive_gateway.studies.queries.studies import studies_of
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.upstream.breaker import FAILURES_IN_A_ROW, Breaker
from archive_gateway.upstream.client import AT_ONCE, MOST_JSON_MARKS, Upstream, open_upstream
from archive_gateway.upstream.indexing import index_archive
from archive_gateway.upstream.rules.known_shapes import known_members
from foundation.errors import Busy, NotFound, UpstreamDown
from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.dicomweb.multipart import parts_of
from tests.archive_gateway.peers import orthanc
from tests.ports import free_port

FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'


@pytest.fixture(scope="module")
def peer(tmp_path_factory, shared_data):
    """An Orthanc with the MR series and a compressed one; its address and its files."""
    dicom = shared_data / "dicom"
    files = sorted((dicom / "series_mr_t1_excerpt").rglob("*.*"))[:6]
    files += sorted((dicom / "mini_generic_compressed_jpegls_001").glob("*.dcm"))[:2]
    files = renamed(files, tmp_path_factory.mktemp("renamed"))
    with orthanc(tmp_path_factory.mktemp("orthanc"), files) as root:
        yield root, files


def renamed(files: list[Path], folder: Path) -> list[Path]:
    """The same pictures under identifiers of their own: other tests store the originals."""
    fresh: dict[str, str] = {}
    made = []
    for place, file in enumerate(files):
        header = pydicom.dcmread(file)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            header[keyword].value = fresh.setdefault(header[keyword].value, generate_uid())
        header.file_meta.MediaStorageSOPInstanceUID = header.SOPInstanceUID
        made.append(folder / f"{place}.dcm")
        header.save_as(made[-1])
    return made


@pytest.fixture
def behind(app, monkeypatch):
    """`behind(root)` sets up the archive behind us."""

    def set_up(root: str) -> None:
        changed = app.extensions["settings"].model_copy(update={"upstream_dicomweb_url": root})
        monkeypatch.setitem(app.extensions, "settings", changed)

    return set_up


@pytest.fixture
def indexed(peer, behind, as_loader, people):
    """The archive's studies in our index, given to a new patient; the address of each object by its file."""
    root, files = peer
    behind(root)
    patient = people.patient(cared_for_at=people.facility())
    account = index_archive(open_upstream(root), transactions=as_loader, patient_id=patient.id)
    headers = {file: pydicom.dcmread(file) for file in files}
    with as_loader() as session:
        for uid in {header.StudyInstanceUID for header in headers.values()}:
            assign_study(session, uid, patient_id=patient.id)
    return patient, headers, account


def address(header) -> str:
    return (
        f"/archive/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"
        f"/instances/{header.SOPInstanceUID}"
    )


def test_every_object_of_the_archive_is_entered_once(indexed, peer, as_loader, as_actor):
    patient, headers, first = indexed

    again = index_archive(open_upstream(peer[0]), transactions=as_loader)

    assert first.instances == again.instances == len(headers) == 8
    assert (again.added, again.unchanged) == (0, 8)
    with as_actor(patient.actor) as session:
        cards = studies_of(session, patient.id)
    assert sum(card.instance_count for card in cards) == len(headers)


def test_frames_come_through_byte_for_byte_with_their_syntax(indexed, client_for):
    patient, headers, _ = indexed
    citizen = client_for(patient.actor)

    for file, header in headers.items():
        answer = citizen.get(f"{address(header)}/frames/1", headers={"Accept": FRAME})

        assert answer.status_code == 200, file
        ((_, body),) = parts_of(answer)
        wanted = header.PixelData
        if header["PixelData"].is_undefined_length:
            (wanted,) = pydicom.encaps.generate_frames(wanted, number_of_frames=1)
        assert body.rstrip(b"\0") == wanted.rstrip(b"\0"), file
        assert "no-store" in answer.headers["Cache-Control"]


def test_metadata_come_through_without_any_address_of_the_archive(indexed, client_for):
    patient, headers, _ = indexed
    header = next(iter(headers.values()))
    series = f"/archive/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"

    answer = client_for(patient.actor).get(f"{series}/metadata")

    assert answer.status_code == 200
    assert header.SOPInstanceUID in {each["00080018"]["Value"][0] for each in answer.json}
    assert b"127.0.0.1" not in answer.data
    assert b"BulkDataURI" not in answer.data


def test_whole_objects_come_through(indexed, client_for):
    patient, headers, _ = indexed
    header = next(iter(headers.values()))

    answer = client_for(patient.actor).get(address(header))

    assert answer.status_code == 200
    ((_, body),) = parts_of(answer)
    assert pydicom.dcmread(pydicom.filebase.DicomBytesIO(body)).PixelData == header.PixelData


@pytest.mark.parametrize("accept", ["кадр", "a/b\r\nCookie: x"])
def test_a_wish_that_is_no_header_is_not_passed_on(indexed, client_for, accept):
    patient, headers, _ = indexed
    header = next(iter(headers.values()))

    answer = client_for(patient.actor).get(f"{address(header)}/frames/1", query_string={"accept": accept})

    assert answer.status_code == 406


def test_another_citizen_never_reaches_the_archive(indexed, people, client_for, walls):
    _, headers, _ = indexed
    header = next(iter(headers.values()))
    stranger = client_for(people.patient().actor)

    for path in ("", "/frames/1"):
        assert stranger.get(f"{address(header)}{path}").status_code == 404


def test_what_the_archive_holds_but_our_index_does_not_know_is_not_found(
    peer, behind, people, client_for, tmp_path
):
    root, _ = peer
    behind(root)
    image = write(data_set(), tmp_path / "a")
    instances = root.replace("/dicom-web", "/instances")
    requests.post(instances, data=image.path.read_bytes(), timeout=20).raise_for_status()

    answer = client_for(people.patient().actor).get(f"/archive{image.address}/frames/1")

    assert answer.status_code == 404


def test_an_object_that_arrives_itself_is_served_from_here(indexed, store, client_for, as_loader):
    patient, headers, _ = indexed
    file, header = list(headers.items())[1]

    filed = store(file)

    assert filed.outcome == "stored", filed.why
    with as_loader() as session:
        row = session.scalar(select(Instance).where(Instance.sop_instance_uid == header.SOPInstanceUID))
    assert row.content_sha256 is not None
    answer = client_for(patient.actor).get(f"{address(header)}/frames/1")
    assert parts_of(answer)[0][1] == header.PixelData
    series = f"/archive/studies/{header.StudyInstanceUID}/series/{header.SeriesInstanceUID}"
    mixed = client_for(patient.actor).get(f"{series}/metadata")
    of_series = [each for each in headers.values() if each.SeriesInstanceUID == header.SeriesInstanceUID]
    assert len(mixed.json) == len(of_series)
    assert mixed.content_length == len(mixed.data)


@pytest.fixture
def entered(store, people, as_loader, tmp_path):
    """A patient, and a picture of theirs of which we hold no bytes."""
    patient = people.patient()
    image = write(data_set(patient=patient), tmp_path / "a")
    store(image.path)
    with as_loader() as session:
        row = session.scalar(select(Instance).where(Instance.sop_instance_uid == image.instance_uid))
        row.content_sha256 = row.served_sha256 = row.dicom_json = None
    return patient, image


def test_an_archive_that_is_away_is_said_plainly(behind, entered, client_for):
    patient, image = entered
    behind(f"http://127.0.0.1:{free_port()}/dicom-web")
    citizen = client_for(patient.actor)

    for path in (f"{image.address}/frames/1", image.address, f"/studies/{image.study_uid}/metadata"):
        answer = citizen.get(f"/archive{path}")
        assert answer.status_code == 502
        assert b"127.0.0.1" not in answer.data


def test_nobody_waits_for_an_archive_that_has_just_kept_others_waiting(
    behind, entered, client_for, monkeypatch
):
    monkeypatch.setattr("archive_gateway.upstream.client.ANSWER_WITHIN_S", 0.2)
    patient, image = entered
    citizen = client_for(patient.actor)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        behind(f"http://127.0.0.1:{silent.getsockname()[1]}/dicom-web")
        statuses = [citizen.get(f"/archive{image.address}").status_code for _ in range(FAILURES_IN_A_ROW + 2)]
        asked = connections_to(silent)

    assert statuses == [502] * (FAILURES_IN_A_ROW + 2)
    assert asked == FAILURES_IN_A_ROW


def connections_to(listening: socket.socket) -> int:
    """How many have knocked at a door that nobody opened."""
    listening.setblocking(False)
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listening.accept()[0].close()
            count += 1
    return count


OCTETS = "application/octet-stream"
BODIES = {
    "nonsense": b"<html>",
    "object": b'{"a": 1}',
    "list": b'[{"00081190": {"vr": "UR"}}, 7]',
    "many": b"[" + b"{}," * MOST_JSON_MARKS + b"{}]",
    "deep": b"[" + b'{"00400001":{"vr":"SQ","Value":[' * 200 + b"{}" + b"]}}" * 200 + b"]",
}
TYPES = {
    "page": "text/html",
    "inner": 'multipart/related; type="text/html"; boundary=b',
    "nowhere": "multipart/related; boundary=missing",
    "dripping": OCTETS,
}


class Hostile(BaseHTTPRequestHandler):
    """An archive that answers by the last word of the address."""

    seen: list[dict[str, str]]

    def do_GET(self):
        type(self).seen.append(dict(self.headers))
        word = self.path.rsplit("/", 1)[-1].split("?")[0]
        status = {"gone": 404, "broken": 500, "away": 302, "other": 406, "busy": 503}.get(word, 200)
        self.send_response(status)
        if word == "away":
            self.send_header("Location", "http://127.0.0.1:1/metadata-of-the-machine")
        body = BODIES.get(word, b"x")
        self.send_header(
            "Content-Type", TYPES.get(word, "application/dicom+json" if word in BODIES else OCTETS)
        )
        if word == "packed":
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Set-Cookie", "tracked=yes")
        self.send_header("Server", "secret-archive/1.0")
        self.send_header("Content-Length", str(len(body) + {"short": 10, "dripping": 40}.get(word, 0)))
        self.end_headers()
        if word == "dripping":
            with contextlib.suppress(OSError):
                for _ in range(40):
                    time.sleep(0.05)
                    self.wfile.write(b".")
        self.wfile.write(body)
        self.close_connection = word == "short"

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def hostile():
    Hostile.seen = []
    server = ThreadingHTTPServer(("127.0.0.1", free_port()), Hostile)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Upstream(f"http://127.0.0.1:{server.server_port}", breaker=Breaker(failures_in_a_row=2))
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("word", "refusal"),
    [
        ("gone", NotFound),
        *((word, UpstreamDown) for word in ("broken", "away", "page", "inner", "nowhere", "packed", "short")),
    ],
)
def test_a_refusal_of_the_archive_becomes_ours(hostile, word, refusal):
    with pytest.raises(refusal):
        hostile.fetch(f"/{word}", accept="*/*")


@pytest.mark.parametrize("word", ["nonsense", "object", "many", "deep", "page"])
def test_nonsense_of_the_archive_is_refused(hostile, word):
    with pytest.raises(UpstreamDown):
        hostile.read_json(f"/{word}")


def test_an_archive_that_says_it_is_overloaded_is_left_alone_for_a_while(hostile):
    for _ in range(4):
        with pytest.raises(UpstreamDown):
            hostile.fetch("/busy", accept="*/*")

    assert len(Hostile.seen) == 2


@pytest.mark.parametrize("word", ["gone", "broken", "away", "page"])
def test_a_picture_that_cannot_be_had_says_nothing_about_the_others(hostile, word):
    for _ in range(4):
        with pytest.raises((NotFound, UpstreamDown)):
            hostile.fetch(f"/{word}", accept="*/*")

    assert whole(hostile.fetch("/fine", accept="*/*")) == b"x"


def test_a_request_that_cannot_be_sent_says_nothing_about_the_archive(hostile):
    for _ in range(4):
        with pytest.raises(UpstreamDown):
            hostile.fetch("/fine", accept=" */*")

    assert whole(hostile.fetch("/fine", accept="*/*")) == b"x"


def test_nothing_is_told_to_the_archive_and_nothing_of_its_own_comes_back(hostile):
    answer = hostile.fetch("/fine", accept="*/*")
    hostile.fetch("/fine", accept="*/*")

    assert (answer.labelled.media_type, answer.labelled.multipart) == (OCTETS, False)
    assert all("Cookie" not in each and "Authorization" not in each for each in Hostile.seen)
    assert hostile.read_json("/list") == [{}]


def whole(answer) -> bytes:
    (part,) = answer.labelled.parts
    return b"".join(answer.blocks(part))


def test_an_answer_that_drips_is_given_up_and_after_a_few_nobody_waits(hostile, monkeypatch):
    monkeypatch.setattr("archive_gateway.upstream.client.PATIENCE_S", 0.1)

    for _ in range(4):
        with pytest.raises(UpstreamDown):
            hostile.fetch("/dripping", accept="*/*")

    assert len(Hostile.seen) == 2


def test_a_header_that_drips_is_given_up(monkeypatch):
    monkeypatch.setattr("archive_gateway.upstream.client.ANSWER_WITHIN_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        threading.Thread(target=drip, args=(dripping,), daemon=True).start()
        begun = time.monotonic()

        with pytest.raises(UpstreamDown):
            Upstream(f"http://127.0.0.1:{dripping.getsockname()[1]}").fetch("/a", accept="*/*")

    assert time.monotonic() - begun < 3


def drip(listening: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection, _ = listening.accept()
        with connection:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
            for _ in range(100):
                time.sleep(0.1)
                connection.sendall(b"a")


def test_a_slow_archive_holds_few_of_our_threads(monkeypatch):
    monkeypatch.setattr("archive_gateway.upstream.client.ANSWER_WITHIN_S", 3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        archive = Upstream(f"http://127.0.0.1:{silent.getsockname()[1]}")

        def asked(_number):
            begun = time.monotonic()
            with pytest.raises((UpstreamDown, Busy)) as refusal:
                archive.fetch("/a", accept="*/*")
            return refusal.type, time.monotonic() - begun

        with ThreadPoolExecutor(16) as pool:
            outcomes = list(pool.map(asked, range(16)))

    assert [kind for kind, _ in outcomes].count(UpstreamDown) == AT_ONCE
    assert max(seconds for kind, seconds in outcomes if kind is Busy) < 2


def test_only_known_shapes_and_no_address_of_an_archive_go_on():
    good = {
        "00080060": {"vr": "CS", "Value": ["MR"]},
        "00100010": {"vr": "PN", "Value": [{"Alphabetic": "A^B"}]},
        "00280030": {"vr": "DS", "Value": [0.5, "0.5"]},
        "00281201": {"vr": "OW", "InlineBinary": "AAAA"},
        "00400275": {"vr": "SQ", "Value": [{"00400007": {"vr": "LO", "Value": ["x"]}}]},
        "00200013": {"vr": "IS"},
    }
    bad = {
        "00081190": {"vr": "UR", "Value": ["http://10.0.0.5/"]},
        "00104000": {"vr": "LT", "Value": ["see http://10.0.0.5/study"]},
        "00080070": {"vr": "LO", "Value": [{"constructor": "x"}]},
        "00080080": {"vr": "LO", "Value": "not a list"},
        "00080090": {"vr": "PN", "Value": ["a text"]},
        "00081030": {"vr": "LO", "Value": ["esc \x1b[2J"]},
        "00081040": {"vr": "LO", "Value": ["esc \x9b2J"]},
        "00280010": {"vr": "US", "Value": [[1]]},
        "00280011": {"vr": "US", "Value": ["1e"]},
        "00282000": {"vr": "OB", "InlineBinary": "<script>"},
        "00290010": {"vr": "constructor", "Value": ["x"]},
        "7FE00010": {"vr": "OW", "BulkDataURI": "http://10.0.0.5/bulk"},
        "__proto__": {"vr": "LO", "Value": ["x"]},
        "00100020": ["vr"],
    }
    assert known_members({**bad, **good}) == good


@pytest.fixture
def answering(monkeypatch):
    """`answering(body, type)` is an archive behind us that gives one answer to everything."""
    servers = []

    def started(body: bytes, kind: str) -> str:
        class One(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Say nothing."""

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), One))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield started
    for each in servers:
        each.shutdown()
        each.server_close()


def header_of(image, **changes) -> bytes:
    made = pydicom.dcmread(image.path)
    for keyword, value in changes.items():
        setattr(made, keyword, value)
    del made.PixelData
    return b"[" + made.to_json(suppress_invalid_tags=True).encode() + b"]"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 200),
        ({"StudyInstanceUID": "1.2.3"}, 502),
        ({"SeriesInstanceUID": "1.2.3"}, 502),
        ({"PatientID": "SOMEBODY ELSE"}, 502),
    ],
)
def test_headers_of_another_study_series_or_person_are_not_believed(
    behind, answering, entered, client_for, change, status
):
    patient, image = entered
    behind(answering(header_of(image, **change), "application/dicom+json"))

    answer = client_for(patient.actor).get(
        f"/archive/studies/{image.study_uid}/series/{image.series_uid}/metadata"
    )

    assert answer.status_code == status
    if status == 200:
        assert [each["00080018"]["Value"] for each in answer.json] == [[image.instance_uid]]


ODD = [
    b'[{"0020000D": {"vr": "UI", "Value": [{}]}}]',
    b'[{"0020000D": {"vr": "UI", "Value": 5}, "00080018": {"vr": "UI", "Value": [[]]}}]',
    b'[{"0020000D": "1.2.3"}]',
    b'[[], 5, null, "x", {"0020000D": null}]',
    b'[{"0020000D": {"vr": 7, "Value": [null]}}]',
]


@pytest.mark.parametrize("body", ODD)
def test_headers_of_the_wrong_types_are_a_fault_of_the_archive_and_none_of_ours(
    behind, answering, entered, client_for, as_loader, body
):
    patient, image = entered
    root = answering(body, "application/dicom+json")
    behind(root)

    answer = client_for(patient.actor).get(f"/archive/studies/{image.study_uid}/metadata")
    account = index_archive(Upstream(root), transactions=as_loader)

    assert answer.status_code == 502
    assert account.added == 0


def test_objects_that_our_index_does_not_know_are_nobodys_to_see(behind, answering, entered, client_for):
    patient, image = entered
    behind(answering(header_of(image, SOPInstanceUID="1.2.3"), "application/dicom+json"))

    answer = client_for(patient.actor).get(f"/archive/studies/{image.study_uid}/metadata")

    assert (answer.status_code, answer.json) == (200, [])


def test_another_object_than_was_asked_for_is_not_sent_on(behind, answering, entered, client_for, tmp_path):
    patient, image = entered
    other = write(data_set(patient=patient), tmp_path / "other")
    citizen = client_for(patient.actor)

    statuses = []
    for each in (other, image):
        behind(answering(each.path.read_bytes(), "application/dicom"))
        statuses.append(citizen.get(f"/archive{image.address}").status_code)

    assert statuses == [502, 200]


def test_parts_leave_under_labels_of_our_own(behind, answering, entered, client_for):
    patient, image = entered
    body = (
        b"--b\r\nContent-Type: application/octet-stream\r\nX-Secret: 10.0.0.5\r\n"
        b"Content-Location: http://10.0.0.5/\r\n\r\ncells\r\n--b--"
    )
    behind(answering(body, 'multipart/related; type="text/html"; boundary=b'))

    answer = client_for(patient.actor).get(f"/archive{image.address}/frames/1")

    assert answer.status_code == 200
    assert b"10.0.0.5" not in answer.data
    assert "text/html" not in answer.headers["Content-Type"]
    ((kind, cells),) = parts_of(answer)
    assert (kind, cells) == (
        "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1",
        b"cells",
    )
