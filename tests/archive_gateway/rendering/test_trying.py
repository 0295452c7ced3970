"""Frames are tried once when they have come, and a list says what cannot be shown before anybody opens it."""

import json

import numpy as np
import pytest
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders import RLELosslessEncoder
from pydicom.uid import RLELossless
from sqlalchemy import select, update

from archive_gateway.rendering.renderer import FrameToDecode, Renderer, Verdict
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.studies.tables.instances import Instance
from tests.archive_gateway.dicom.factories import COLUMNS, ROWS, data_set, write

# A header that promises one segment, which ends too early.
CUT = b"\x01\x00\x00\x00\x40" + bytes(75)
NO_DECODER = "1.2.840.10008.1.2.4.92"


@pytest.fixture
def series(tmp_path, patient):
    """`series(frames)` is a folder with an object for each list of compressed frames, all of one series of the patient."""

    def made(*objects: list[bytes], syntax: str = RLELossless):
        folder = tmp_path / "series"
        first = data_set(patient=patient, bits=8)
        for number, frames in enumerate(objects, 1):
            each = data_set(
                patient=patient,
                bits=8,
                StudyInstanceUID=first.StudyInstanceUID,
                SeriesInstanceUID=first.SeriesInstanceUID,
                InstanceNumber=number,
                NumberOfFrames=len(frames),
            )
            each.PixelData = encapsulate(frames)
            folder.mkdir(exist_ok=True)
            write(each, folder / str(number), syntax=syntax)
        return folder, first

    return made


@pytest.fixture
def whole() -> bytes:
    """A frame as RLE."""
    cells = np.arange(ROWS * COLUMNS, dtype=np.uint8)
    return RLELosslessEncoder.encode(
        cells.tobytes(),
        rows=ROWS,
        columns=COLUMNS,
        samples_per_pixel=1,
        bits_allocated=8,
        bits_stored=8,
        pixel_representation=0,
        number_of_frames=1,
        photometric_interpretation="MONOCHROME2",
    )


def counted(as_loader, series_uid: str) -> list[tuple[int, int]]:
    with as_loader() as session:
        asked = (
            select(Instance.tried_frame_count, Instance.undecodable_frame_count)
            .where(Instance.series_instance_uid == series_uid)
            .order_by(Instance.number)
        )
        return [tuple(row) for row in session.execute(asked)]


def test_what_cannot_be_decoded_is_told_at_the_import_and_in_the_list(
    run, series, whole, as_loader, citizen, patient
):
    folder, first = series([whole], [CUT, whole, CUT], [whole])

    done = run("import-dicom", folder, "--patient", patient.snils, LOG_LEVEL="INFO")

    account = json.loads(done.stdout.splitlines()[-1])
    assert [each["frames"] for each in account["undecodable"]] == [2]
    assert '"dicom.undecodable"' in done.stderr
    assert account["undecodable"][0]["instance"] in done.stderr
    assert counted(as_loader, first.SeriesInstanceUID) == [(1, 0), (3, 2), (1, 0)]
    english = citizen.get("/my/images", headers={"Accept-Language": "en"}).text
    assert "2 of 5 images cannot be shown" in english
    assert "2 снимка из 5 показать нельзя" in citizen.get("/my/images").text


def test_a_doctor_reads_it_in_the_chart(run, series, whole, people, client_for, patient, as_loader):
    folder, _ = series([whole], [CUT])
    facility = people.facility()
    owner = people.patient(cared_for_at=facility)

    run("import-dicom", folder, "--patient", owner.snils)

    chart = client_for(people.doctor(facility_id=facility).actor).get(f"/emr/patients/{owner.id}")
    assert "1 снимок из 2 показать нельзя" in chart.text


def test_where_there_is_no_decoder_nothing_is_tried_and_nothing_said(
    run, series, as_loader, citizen, patient
):
    folder, first = series([CUT], syntax=NO_DECODER)

    account = json.loads(run("import-dicom", folder, "--patient", patient.snils).stdout.splitlines()[-1])

    assert account["stored"] == 1
    assert account["undecodable"] == []
    assert counted(as_loader, first.SeriesInstanceUID) == [(0, 0)]
    assert "показать нельзя" not in citizen.get("/my/images").text


def test_what_was_there_before_is_tried_by_a_command(run, series, whole, store, as_loader):
    folder, first = series([CUT], [whole])
    for path in sorted(folder.iterdir()):
        store(path)
    assert counted(as_loader, first.SeriesInstanceUID) == [(0, 0), (0, 0)]

    done = run("try-pictures")

    account = json.loads(done.stdout.splitlines()[-1])
    assert counted(as_loader, first.SeriesInstanceUID) == [(1, 1), (1, 0)]
    assert len(account["undecodable"]) >= 1


def test_a_trial_that_ended_early_is_taken_up_where_it_ended(run, series, whole, store, as_loader):
    folder, first = series([CUT, whole, CUT])
    store(folder / "1")
    with as_loader() as session:
        session.execute(
            update(Instance)
            .where(Instance.series_instance_uid == first.SeriesInstanceUID)
            .values(tried_frame_count=1, undecodable_frame_count=1)
        )

    run("try-pictures")

    assert counted(as_loader, first.SeriesInstanceUID) == [(3, 2)]


def test_a_decoder_that_hangs_blames_no_picture(whole):
    header = data_set(bits=8)
    del header.PixelData
    frame = FrameToDecode(drawing_attributes(header.to_json_dict(), frame_number=1), RLELossless, whole)

    with Renderer(answer_within_s=0.0) as hurried, Renderer() as patient_one:
        assert hurried.tried(frame) is Verdict.NOT_DRAWN
        assert patient_one.tried(frame) is Verdict.GOOD
        assert patient_one.picture(frame)[0] is Verdict.GOOD
