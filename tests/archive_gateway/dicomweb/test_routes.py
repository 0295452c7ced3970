"""What a viewer asks for, and what it is sent."""

import gzip
import json
from base64 import b64decode
from io import BytesIO
from uuid import uuid4

import numpy as np
import pytest
from pydicom import Dataset, dcmread
from pydicom.uid import ExplicitVRBigEndian, generate_uid
from sqlalchemy import select

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicomweb.long_answers import MOST_AT_ONCE
from archive_gateway.metadata.actions import pack_series
from archive_gateway.studies.queries.studies import study_to_read
from foundation.audit import AuditEvent
from tests.archive_gateway.dicom.factories import data_set, fragmented, write
from tests.archive_gateway.dicomweb.multipart import parts_of

LITTLE = "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
JPEG = "1.2.840.10008.1.2.4.50"


@pytest.fixture
def stored(store, tmp_path, patient):
    """`stored(data_set(…))` puts an image of the patient into the archive."""

    def put(made, *, syntax="1.2.840.10008.1.2.1"):
        made.PatientID, made.PatientBirthDate = patient.snils, f"{patient.birth_date:%Y%m%d}"
        image = write(made, tmp_path / made.SOPInstanceUID, syntax=syntax)
        filed = store(image.path)
        assert filed.outcome == "stored", filed.why
        return image

    return put


def test_a_frame_is_sent_byte_for_byte_with_its_syntax(citizen, stored):
    made = data_set(frames=3)
    image = stored(made)

    answer = citizen.get(f"/archive{image.address}/frames/2")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(
        'multipart/related; type="application/octet-stream"; boundary='
    )
    assert parts_of(answer) == [(LITTLE, made.PixelData[240:480])]
    assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_series_are_matched_by_what_the_query_says(citizen, stored):
    address = f"/archive/studies/{stored(data_set()).study_uid}/series"

    def answered(query: str):
        answer = citizen.get(f"{address}?{query}")
        return answer.status_code, len(answer.json) if answer.status_code == 200 else None

    assert [answered(each) for each in ("Modality=CT", "Modality=MR", "limit=abc")] == [
        (200, 1),
        (200, 0),
        (422, None),
    ]


IMPLICIT = "1.2.840.10008.1.2"


@pytest.mark.parametrize("named", [IMPLICIT, "*"])
def test_an_implicit_object_leaves_as_it_is_for_who_names_a_syntax(citizen, stored, named):
    image = stored(data_set(), syntax=IMPLICIT)
    accept = f'multipart/related; type="application/dicom"; transfer-syntax={named}'

    ((kind, sent),) = parts_of(citizen.get(f"/archive{image.address}", headers={"Accept": accept}))

    assert kind.endswith(f"transfer-syntax={IMPLICIT}")
    assert sent[128:] == image.path.read_bytes()[128:]


def test_an_implicit_report_is_sent_in_explicit_too(citizen, stored):
    made = data_set(ContentLabel="FINDING")
    for keyword in ("PixelData", "Rows", "Columns"):
        delattr(made, keyword)
    image = stored(made, syntax=IMPLICIT)

    answer = citizen.get(f"/archive{image.address}", headers={"Accept": "application/dicom"})

    sent = dcmread(BytesIO(answer.data))
    assert answer.content_type == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    assert (sent.ContentLabel, sent.SOPInstanceUID) == ("FINDING", image.instance_uid)


def test_more_bytes_than_one_answer_may_have_are_asked_for_in_several(citizen, stored, monkeypatch):
    monkeypatch.setattr("archive_gateway.dicomweb.responses.MOST_BYTES_AT_ONCE", 479)
    image = stored(data_set(frames=3))

    statuses = [
        citizen.get(f"/archive{image.address}/frames/{each}").status_code for each in ("1", "1,2", "1,1")
    ]

    assert statuses == [200, 422, 404]


def test_a_session_that_does_not_take_its_long_answers_gets_no_more_of_them(citizen, stored, monkeypatch):
    monkeypatch.setattr("archive_gateway.dicomweb.sending.AT_ONCE_BYTES", 100)
    address = f"/archive{stored(data_set()).address}"
    assert [citizen.get(address).data[:1] for _ in range(2 * MOST_AT_ONCE)]

    waiting = [citizen.get(address) for _ in range(MOST_AT_ONCE + 1)]

    assert [each.status_code for each in waiting] == [200] * MOST_AT_ONCE + [429]
    for each in waiting:
        each.close()
    assert citizen.get(address).status_code == 200


def test_a_list_of_frames_is_one_answer_in_the_wanted_order(citizen, stored):
    made = data_set(frames=3)
    image = stored(made)

    parts = parts_of(citizen.get(f"/archive{image.address}/frames/3,1"))

    assert [body for _, body in parts] == [made.PixelData[480:], made.PixelData[:240]]


def test_implicit_pixels_are_labelled_explicit_because_they_are_the_same_bytes(citizen, stored):
    image = stored(data_set(), syntax="1.2.840.10008.1.2")

    assert parts_of(citizen.get(f"/archive{image.address}/frames/1"))[0][0] == LITTLE


@pytest.mark.parametrize(("bits", "frames"), [(16, 2), (8, 3)])
def test_big_endian_pixels_leave_in_little_endian_order(citizen, stored, bits, frames):
    made = data_set(frames=frames, bits=bits, Columns=9, Rows=11)
    wanted = made.PixelData[: frames * 99 * bits // 8]
    made.PixelData = little_endian(wanted + bytes(len(wanted) % 2), cell_bytes=2)
    image = stored(made, syntax=ExplicitVRBigEndian)

    parts = parts_of(
        citizen.get(f"/archive{image.address}/frames/{','.join(str(n + 1) for n in range(frames))}")
    )

    assert b"".join(body for _, body in parts) == wanted


def test_who_names_no_syntax_is_sent_explicit_little_endian_for_a_big_endian_object(citizen, stored):
    made = data_set()
    wanted = made.PixelData
    made.PixelData = little_endian(wanted, cell_bytes=2)
    icon = Dataset()
    icon.BitsAllocated, icon.Rows, icon.Columns = 16, 1, 2
    icon.add_new("RedPaletteColorLookupTableData", "OW", b"\x01\x02\x03\x04")
    made.IconImageSequence = [icon]
    image = stored(made, syntax=ExplicitVRBigEndian)

    answer = citizen.get(f"/archive{image.address}", headers={"Accept": "application/dicom"})

    sent = dcmread(BytesIO(answer.data))
    assert sent.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert sent.PixelData == wanted
    assert sent.IconImageSequence[0].RedPaletteColorLookupTableData == b"\x02\x01\x04\x03"


def test_a_palette_of_a_big_endian_object_is_told_in_little_endian_order(citizen, stored):
    made = data_set()
    made.add_new("RedPaletteColorLookupTableData", "OW", b"\x01\x02\x03\x04")
    image = stored(made, syntax=ExplicitVRBigEndian)

    series = image.address.partition("/instances/")[0]
    (told,) = json.loads(citizen.get(f"/archive{series}/metadata").data)

    assert b64decode(told["00281201"]["InlineBinary"]) == b"\x02\x01\x04\x03"


def test_frames_of_single_bits_begin_at_their_own_first_bit(citizen, stored):
    bits = np.random.default_rng(3).integers(0, 2, (3, 5, 7), dtype=np.uint8)
    made = data_set(frames=3, bits=8, Rows=5, Columns=7, BitsAllocated=1, BitsStored=1, HighBit=0)
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    made.PixelData = packed + bytes(len(packed) % 2)
    image = stored(made)

    parts = parts_of(citizen.get(f"/archive{image.address}/frames/1,2,3"))

    for frame, (_, body) in zip(bits, parts, strict=True):
        unpacked = np.unpackbits(np.frombuffer(body, np.uint8), bitorder="little")[:35]
        assert (unpacked.reshape(5, 7) == frame).all()


def compressed():
    made = data_set(frames=2, bits=8)
    made.PixelData = fragmented([[b"\xff\xd8aa", b"bb\xff\xd9"], [b"\xff\xd8cccc\xff\xd9"]], table=True)
    made["PixelData"].VR = "OB"
    made["PixelData"].is_undefined_length = True
    return made


def test_a_compressed_frame_of_several_fragments_is_sent_as_one(citizen, stored):
    image = stored(compressed(), syntax=JPEG)

    parts = parts_of(citizen.get(f"/archive{image.address}/frames/1,2"))

    kind = f"application/octet-stream; transfer-syntax={JPEG}"
    assert parts == [(kind, b"\xff\xd8aabb\xff\xd9"), (kind, b"\xff\xd8cccc\xff\xd9")]


def test_a_viewer_may_ask_for_the_image_type_itself(citizen, stored):
    image = stored(compressed(), syntax=JPEG)

    answer = citizen.get(f"/archive{image.address}/frames/2", headers={"Accept": "image/jpeg"})

    assert answer.data == b"\xff\xd8cccc\xff\xd9"
    assert answer.headers["Content-Type"] == f"image/jpeg; transfer-syntax={JPEG}"


@pytest.mark.parametrize(
    "accept",
    ["text/html", "image/png", f"multipart/related; type=application/octet-stream; transfer-syntax={JPEG}"],
)
def test_a_form_that_is_not_stored_is_not_acceptable(citizen, stored, accept):
    image = stored(data_set())

    assert citizen.get(f"/archive{image.address}/frames/1", headers={"Accept": accept}).status_code == 406


@pytest.mark.parametrize("numbers", ["0", "2", "1,2", "1,1", "x", "1;2"])
def test_a_frame_that_there_is_not_is_not_found(citizen, stored, numbers):
    image = stored(data_set())

    assert citizen.get(f"/archive{image.address}/frames/{numbers}").status_code == 404


def test_a_whole_object_is_sent_with_an_empty_preamble(citizen, stored, store, tmp_path, patient):
    made = data_set(patient=patient)
    image = write(made, tmp_path / "polyglot")
    content = image.path.read_bytes()
    image.path.write_bytes(b"#!/bin/sh\n".ljust(128, b"#") + content[128:])
    store(image.path)

    answer = citizen.get(f"/archive{image.address}", headers={"Accept": "application/dicom"})
    framed = citizen.get(f"/archive{image.address}")

    assert answer.data == bytes(128) + content[128:]
    assert parts_of(framed) == [("application/dicom; transfer-syntax=1.2.840.10008.1.2.1", answer.data)]


def test_metadata_of_a_series_come_in_viewing_order_without_pixels(citizen, stored):
    first = data_set(InstanceNumber=2)
    image = stored(first)
    second = data_set(
        InstanceNumber=1, StudyInstanceUID=first.StudyInstanceUID, SeriesInstanceUID=first.SeriesInstanceUID
    )
    stored(second)

    answer = citizen.get(f"/archive/studies/{image.study_uid}/series/{image.series_uid}/metadata")

    assert answer.headers["Content-Type"] == "application/dicom+json"
    assert [each["00200013"]["Value"] for each in answer.json] == [[1], [2]]
    assert all("7FE00010" not in each for each in answer.json)
    assert answer.json == citizen.get(f"/archive/studies/{image.study_uid}/metadata").json


def test_packed_metadata_are_the_same_and_never_older_than_the_series(
    citizen, stored, as_loader, ingestor, patient
):

    from archive_gateway.studies.tables.series import Series

    made = data_set()
    image = stored(made)
    address = f"/archive/studies/{image.study_uid}/series/{image.series_uid}/metadata"
    before = citizen.get(address).json
    with as_loader() as session:
        pack_series(
            session, session.scalar(select(Series.id).where(Series.series_instance_uid == image.series_uid))
        )

    packed = citizen.get(address, headers={"Accept-Encoding": "gzip"})
    plain = citizen.get(address, headers={"Accept-Encoding": "identity"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json == before
    again = citizen.get(address, headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    stored(data_set(StudyInstanceUID=image.study_uid, SeriesInstanceUID=image.series_uid, InstanceNumber=2))
    assert len(citizen.get(address).json) == 2


def test_the_series_of_a_study_are_listed(citizen, stored):
    made = data_set(SeriesDescription="Axial", SeriesNumber=4)
    image = stored(made)
    stored(data_set(StudyInstanceUID=image.study_uid, SeriesNumber=3, Modality="SR"))

    listed = citizen.get(f"/archive/studies/{image.study_uid}/series").json

    assert [each["00200011"]["Value"] for each in listed] == [[3], [4]]
    assert listed[1]["0008103E"]["Value"] == ["Axial"]
    assert listed[1]["00201209"]["Value"] == [1]


@pytest.mark.parametrize("path", ["/metadata", "/series"])
def test_only_json_is_spoken_about_studies(citizen, stored, path):
    image = stored(data_set())

    answer = citizen.get(
        f"/archive/studies/{image.study_uid}{path}", headers={"Accept": "application/dicom+xml"}
    )

    assert answer.status_code == 406


def test_nothing_of_a_picture_may_be_kept_by_a_shared_browser(citizen, stored):
    image = stored(data_set())

    for path in (image.address, f"{image.address}/frames/1", f"/studies/{image.study_uid}/metadata"):
        assert "no-store" in citizen.get(f"/archive{path}").headers["Cache-Control"]


def test_a_program_that_has_a_frame_already_is_told_so(citizen, stored):
    image = stored(data_set())
    first = citizen.get(f"/archive{image.address}/frames/1")

    again = citizen.get(f"/archive{image.address}/frames/1", headers={"If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")


def test_a_store_that_has_lost_a_picture_is_said_plainly(citizen, stored, ingestor, as_loader):

    from archive_gateway.studies.tables.instances import Instance

    image = stored(data_set())
    with as_loader() as session:
        sha = session.scalar(
            select(Instance.served_sha256).where(Instance.sop_instance_uid == image.instance_uid)
        )
    next(ingestor.store._root.rglob(sha)).unlink()

    for path in (f"{image.address}/frames/1", image.address):
        assert citizen.get(f"/archive{path}").status_code == 502


def _openings(as_actor, patient, study_uid):
    with as_actor(patient.actor) as session:
        study = study_to_read(session, study_uid)
        acts = session.scalars(select(AuditEvent.act).where(AuditEvent.object_id == study.id)).all()
    return acts.count("study.opened")


def test_pictures_read_without_the_viewer_leave_one_audit_row_a_session(
    citizen, client_for, stored, as_actor, patient
):
    image = stored(data_set())
    for path in (f"{image.address}/frames/1", f"{image.address}/frames/1", image.address):
        assert citizen.get(f"/archive{path}").status_code == 200
    assert _openings(as_actor, patient, image.study_uid) == 1

    client_for(patient.actor).get(f"/archive/studies/{image.study_uid}/metadata")
    assert _openings(as_actor, patient, image.study_uid) == 2


def test_the_viewer_s_opening_and_its_frames_are_one_audit_row(citizen, stored, as_actor, patient):
    image = stored(data_set())
    assert citizen.get(f"/my/images/{image.study_uid}").status_code == 200
    assert citizen.get(f"/archive{image.address}/frames/1").status_code == 200

    assert _openings(as_actor, patient, image.study_uid) == 1


def test_a_doctor_sees_the_pictures_of_a_patient_in_care_below_the_desk(client_for, people, store, tmp_path):
    facility = people.facility()
    patient = people.patient(cared_for_at=facility)
    doctor = people.doctor(facility_id=facility)
    made = data_set(patient=patient)
    image = write(made, tmp_path / "a")
    store(image.path)

    answer = client_for(doctor.actor).get(f"/emr/archive{image.address}/frames/1")

    assert parts_of(answer) == [(LITTLE, made.PixelData)]


def test_an_unknown_study_is_absent_and_a_malformed_one_a_mistake(citizen):
    unknown = citizen.get(f"/archive/studies/{generate_uid()}/metadata")
    malformed = citizen.get("/archive/studies/1..2/metadata")

    assert (unknown.status_code, malformed.status_code) == (404, 400)
    assert unknown.json["detail"] == malformed.json["detail"]


@pytest.mark.parametrize(
    "path", ["series", "series/1..2/metadata", "pictures/1", "series/1.2/instances/01.2"]
)
def test_whatever_is_asked_of_a_malformed_identifier_is_a_mistake(citizen, path):
    study = "1.2" if "series/" in path else "x"

    assert citizen.get(f"/archive/studies/{study}/{path}").status_code == 400


@pytest.mark.parametrize("root", ["/archive", "/emr/archive"])
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_nothing_is_stored_over_the_web_and_programs_are_told_what_they_may(citizen, root, method):
    uid = generate_uid()
    for address in (f"{root}/studies", f"{root}/studies/{uid}", f"{root}/studies/{uid}/metadata"):
        answer = getattr(citizen, method)(address, data=b"x", content_type="multipart/related")

        assert answer.status_code == 405, address
        assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}
        assert answer.json["detail"]


def test_a_program_that_is_not_signed_in_is_told_how_it_would_be(client):
    for address in (f"/archive/studies/{generate_uid()}/metadata", f"/fhir/Patient/{uuid4()}"):
        answer = client.get(address)

        assert answer.status_code == 401, address
        assert answer.headers["WWW-Authenticate"] == 'Session realm="Dispatching Center"'


def test_a_part_of_an_object_is_sent_where_its_bytes_are_not_framed(citizen, stored):
    image = stored(data_set())
    address, accept = f"/archive{image.address}", {"Accept": "application/dicom"}
    whole = citizen.get(address, headers=accept)

    part = citizen.get(address, headers={**accept, "Range": "bytes=128-131"})
    rest = citizen.get(address, headers={**accept, "Range": "bytes=132-", "If-Range": whole.headers["ETag"]})
    of_another = citizen.get(address, headers={**accept, "Range": "bytes=132-", "If-Range": '"another"'})
    beyond = citizen.get(address, headers={**accept, "Range": f"bytes={len(whole.data)}-"})

    assert (whole.status_code, whole.headers["Accept-Ranges"]) == (200, "bytes")
    assert (part.status_code, part.data) == (206, b"DICM")
    assert part.headers["Content-Range"] == f"bytes 128-131/{len(whole.data)}"
    assert (rest.status_code, rest.data) == (206, whole.data[132:])
    assert (of_another.status_code, of_another.data) == (200, whole.data)
    assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(whole.data)}")


def test_parts_that_are_not_there_count_as_no_long_answers(citizen, stored):
    image = stored(data_set(frames=20_000))
    address, accept = f"/archive{image.address}", {"Accept": "application/dicom"}
    for _ in range(MOST_AT_ONCE + 1):
        assert citizen.get(address, headers={**accept, "Range": "bytes=999999999-"}).status_code == 416

    late = citizen.get(address, headers={**accept, "Range": "bytes=4300000-4300001"})

    assert (late.status_code, len(late.data)) == (206, 2)
