"""`index-upstream` as an operator runs it, against a small archive that speaks QIDO-RS."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pydicom.uid import CTImageStorage, generate_uid
from sqlalchemy import select

from archive_gateway.studies.queries.studies import studies_of
from archive_gateway.studies.tables.instances import Instance
from tests.archive_gateway.dicom.factories import data_set, write
from tests.ports import free_port

CT_OF_THE_CHEST = "CT of the chest"
ODD = {"unreadable": 1, "of_another_person": 0}


def members(**values: tuple[str, object]) -> dict[str, object]:
    """DICOM JSON; keywords are tags behind a letter."""
    return {tag[1:]: {"vr": vr, "Value": [value]} for tag, (vr, value) in values.items()}


class SmallArchive:
    """One study of one series with two objects, and one study whose identifier is none."""

    def __init__(self) -> None:
        self.study, self.series = generate_uid(), generate_uid()
        self.objects = [generate_uid(), generate_uid()]
        self.asked: list[str] = []
        series = f"/studies/{self.study}/series"
        self.answers = {
            "/studies": [
                members(t0020000D=("UI", self.study), t00081030=("LO", CT_OF_THE_CHEST)),
                members(t0020000D=("UI", "no identifier")),
            ],
            series: [members(t0020000E=("UI", self.series), t00080060=("CS", "CT"), t00200011=("IS", 3))],
            f"{series}/{self.series}/instances": [
                members(
                    t00080018=("UI", uid),
                    t00080016=("UI", CTImageStorage),
                    t00200013=("IS", number),
                    t00280008=("IS", 5),
                )
                for number, uid in enumerate(self.objects, start=1)
            ],
        }

    def answer_to(self, address: str) -> bytes:
        self.asked.append(address)
        parts = urlsplit(address)
        first_page = parse_qs(parts.query).get("offset", ["0"]) == ["0"]
        return json.dumps(self.answers[parts.path] if first_page else []).encode()


@pytest.fixture
def archive():
    """A small archive; its `root` is its address."""
    made = SmallArchive()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self):
            body = made.answer_to(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "application/dicom+json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    made.root = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


def closing_line(done) -> dict:
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    return json.loads(line)


def test_what_the_archive_holds_is_entered_once_and_accounted_for(run, archive, people, as_actor, as_loader):
    patient = people.patient()
    words = ("index-upstream", "--patient", patient.snils)

    first = closing_line(run(*words, UPSTREAM_DICOMWEB_URL=archive.root))
    second = closing_line(run(*words, UPSTREAM_DICOMWEB_URL=archive.root))

    assert first == {"studies": 2, "instances": 2, "added": 2, "unchanged": 0, **ODD}
    assert second == {"studies": 2, "instances": 2, "added": 0, "unchanged": 2, **ODD}
    with as_actor(patient.actor) as session:
        (card,) = studies_of(session, patient.id)
    assert (card.study_instance_uid, card.description) == (archive.study, CT_OF_THE_CHEST)
    assert (card.modalities, card.instance_count) == (("CT",), 2)
    with as_loader() as session:
        rows = session.execute(
            select(Instance.sop_instance_uid, Instance.number, Instance.frame_count, Instance.content_sha256)
            .where(Instance.series_instance_uid == archive.series)
            .order_by(Instance.number)
        ).all()
    assert rows == [(archive.objects[0], 1, 5, None), (archive.objects[1], 2, 5, None)]


def test_a_study_that_we_hold_for_another_person_takes_nothing_from_the_archive(
    run, archive, people, store, tmp_path, as_loader
):
    patient, other = people.patient(), people.patient()
    store(write(data_set(patient=patient, StudyInstanceUID=archive.study), tmp_path / "ours.dcm").path)
    [study, _] = archive.answers["/studies"]
    study["00100020"] = {"vr": "LO", "Value": [other.snils]}

    account = closing_line(run("index-upstream", UPSTREAM_DICOMWEB_URL=archive.root))

    assert (account["added"], account["of_another_person"]) == (0, 1)
    with as_loader() as session:
        assert not session.scalars(
            select(Instance.id).where(Instance.sop_instance_uid.in_(archive.objects))
        ).all()


def test_an_operator_asks_for_one_person_s_studies_only(run, archive):
    closing_line(run("index-upstream", "--patient-id", "A 17", UPSTREAM_DICOMWEB_URL=archive.root))

    listed = [parse_qs(urlsplit(each).query) for each in archive.asked if each.startswith("/studies?")]
    assert {each["PatientID"][0] for each in listed} == {"A 17"}


def test_an_index_that_cannot_be_made_says_why_in_one_sentence(run, archive):
    without_address = run("index-upstream")
    of_nobody = run("index-upstream", "--patient", "00000000000", UPSTREAM_DICOMWEB_URL=archive.root)
    away = run("index-upstream", UPSTREAM_DICOMWEB_URL=f"http://127.0.0.1:{free_port()}")

    assert [each.returncode for each in (without_address, of_nobody, away)] == [2, 2, 2]
    assert without_address.stderr == "No archive is set up: UPSTREAM_DICOMWEB_URL is empty.\n"
    assert of_nobody.stderr.count("\n") == 1
    assert away.stderr == "The image archive is not answering.\n"
    assert archive.asked == []
