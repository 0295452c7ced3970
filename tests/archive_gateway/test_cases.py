"""Files that went wrong somewhere, each held to what its folder calls right."""

import json
from io import BytesIO
from pathlib import Path

import pydicom
import pytest

from tests.archive_gateway.dicom.factories import MadeImage
from tests.archive_gateway.dicomweb.multipart import parts_of

EXPLICIT_LITTLE = "transfer-syntax=1.2.840.10008.1.2.1"


@pytest.fixture
def owner(people):
    """The files' numbers are their own, so a test stores those of its study, and no other test does."""
    return people.patient(cared_for_at=people.facility())


@pytest.fixture
def stored(shared_cases: Path, store, owner):
    """`stored("cyrillic-dicom/cs1.dcm")` is that file in the archive."""

    def put(name: str) -> MadeImage:
        path = shared_cases / name
        dataset = pydicom.dcmread(path)
        filed = store(path, patient_id=owner.id)
        assert filed.outcome in {"stored", "unchanged"}, filed.why
        return MadeImage(path, dataset.StudyInstanceUID, dataset.SeriesInstanceUID, dataset.SOPInstanceUID)

    return put


@pytest.fixture
def reader(client_for, owner):
    return client_for(owner.actor)


def test_cyrillic_names_are_read_in_the_set_that_they_name(stored, reader, right_outcome):
    assert "ISO_IR 144, ISO 2022 IR 144, 192 right" in right_outcome("cyrillic-dicom")

    images = [stored(f"cyrillic-dicom/{file}.dcm") for file in ("cs1", "cs2", "cs3")]

    headers = json.loads(reader.get(f"/archive/studies/{images[0].study_uid}/metadata").data)
    names = [each["00100010"]["Value"] for each in headers]
    assert names == [[{"Alphabetic": "Мельников^Денис^Олегович"}]] * len(images)


@pytest.mark.parametrize("file", ["no_charset_cp1251", "says100_is_utf8"])
def test_cyrillic_of_devices_that_name_no_set_or_a_wrong_one_is_read(
    stored, reader, store, shared_cases, tmp_path, right_outcome, file
):
    told = right_outcome("cyrillic-dicom")
    assert "or detection, for devices that name none; original kept" in told

    image = stored(f"cyrillic-dicom/{file}.dcm")

    (header,) = json.loads(
        reader.get(f"/archive/studies/{image.study_uid}/series/{image.series_uid}/metadata").data
    )
    assert "Мельников" in header["00100010"]["Value"][0]["Alphabetic"]
    ((_, kept),) = parts_of(reader.get(f"/archive{image.address}"))
    assert kept[128:] == image.path.read_bytes()[128:]


@pytest.mark.parametrize("file", ["deflated", "big", "implicit_private", "odd_rows"])
def test_rare_syntaxes_keep_their_pixels_and_are_the_same_in_another(
    stored, store, reader, tmp_path, right_outcome, file
):
    told = right_outcome("deflated-big-endian")
    assert "sent again in another syntax counts as the same" in told
    assert "odd pixel counts keep their pixels" in told
    assert "without naming a syntax is Explicit VR Little Endian" in told

    image = stored(f"deflated-big-endian/{file}.dcm")

    dataset = pydicom.dcmread(image.path)
    ((kind, cells),) = parts_of(reader.get(f"/archive{image.address}/frames/1"))
    assert kind.endswith(EXPLICIT_LITTLE)
    wanted = dataset.pixel_array
    assert cells[: wanted.nbytes] == wanted.astype(wanted.dtype.newbyteorder("<")).tobytes()
    ((kind, whole),) = parts_of(reader.get(f"/archive{image.address}"))
    assert kind.endswith(EXPLICIT_LITTLE)
    sent = pydicom.dcmread(BytesIO(whole))
    assert sent.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRLittleEndian
    assert sent.keys() == dataset.keys()
    assert (sent.pixel_array == dataset.pixel_array).all()
    again = store(in_another_syntax(image.path, tmp_path / "again.dcm"))
    assert (again.outcome, again.why) == ("unchanged", "")


def in_another_syntax(path: Path, other: Path) -> Path:
    """The same object in implicit little endian, or in explicit where it is implicit."""
    dataset = pydicom.dcmread(path)
    if dataset.file_meta.TransferSyntaxUID == pydicom.uid.ExplicitVRBigEndian:
        cells = dataset.pixel_array
        dataset.PixelData = cells.astype(cells.dtype.newbyteorder("<")).tobytes()
    implicit = dataset.file_meta.TransferSyntaxUID != pydicom.uid.ImplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = (
        pydicom.uid.ImplicitVRLittleEndian if implicit else pydicom.uid.ExplicitVRLittleEndian
    )
    pydicom.dcmwrite(other, dataset)
    return other


def test_a_number_that_no_frame_has_is_not_found(stored, reader, right_outcome):
    told = right_outcome("frame-out-of-range")
    assert told.startswith("404") and "200 for 1; 3; 1,3" in told

    image = stored("frame-out-of-range/three.dcm")

    def status(numbers: str) -> int:
        return reader.get(f"/archive{image.address}/frames/{numbers}").status_code

    assert {numbers: status(numbers) for numbers in ("1", "3", "1,3")} == {"1": 200, "3": 200, "1,3": 200}
    for numbers in ("4", "0", "-1", "abc", "1,4", "9" * 20, "1-3"):
        assert status(numbers) == 404, numbers
    for number in ("4", "0", "-1", "abc", "9" * 20):
        assert reader.get(f"/archive{image.address}/frames/{number}/rendered").status_code == 404, number


def test_the_first_object_stays_whatever_comes_under_its_number(
    stored, store, reader, shared_cases, right_outcome
):
    assert "other pixels or other study: refused, first stays" in right_outcome("same-uid-again")
    image = stored("same-uid-again/first.dcm")

    again = store(image.path)
    others = [
        store(shared_cases / "same-uid-again" / name)
        for name in ("second_other_pixels.dcm", "third_other_study.dcm")
    ]

    assert again.outcome == "unchanged"
    assert [each.outcome for each in others] == ["quarantined", "quarantined"]
    assert all(each.why for each in others)
    ((_, cells),) = parts_of(reader.get(f"/archive{image.address}/frames/1"))
    assert cells == pydicom.dcmread(image.path).PixelData
