"""Pictures that we draw ourselves, held against what pydicom makes of the same file."""

import re
from pathlib import Path

import numpy as np
import pydicom
import pydicom.data
import pytest
from pydicom.encaps import encapsulate
from pydicom.pixels import apply_color_lut
from pydicom.uid import RLELossless

from tests.archive_gateway.dicom.factories import data_set, write
from tests.archive_gateway.png import pixels_of

LIBRARY_FILES = Path(pydicom.data.__file__).parent / "test_files"
DEEP_COLOURS = ("SC_rgb_rle_16bit.dcm", "SC_rgb_rle_32bit.dcm")


@pytest.fixture
def stored(store, tmp_path, patient):
    """`stored(data_set)` puts an image of the patient into the archive, with whatever syntax it has."""

    def put(made: pydicom.Dataset, *, syntax: str = "1.2.840.10008.1.2.1"):
        made.PatientID, made.PatientBirthDate = patient.snils, f"{patient.birth_date:%Y%m%d}"
        image = write(made, tmp_path / made.SOPInstanceUID, syntax=syntax)
        filed = store(image.path)
        assert filed.outcome == "stored", filed.why
        return image

    return put


@pytest.fixture
def of_library(stored):
    """`of_library("CT_small.dcm")` is a file of pydicom's, stored as the patient's."""

    def put(name: str):
        made = pydicom.dcmread(LIBRARY_FILES / name)
        pixels = pydicom.dcmread(LIBRARY_FILES / name).pixel_array
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(made, keyword, pydicom.uid.generate_uid())
        return stored(made, syntax=made.file_meta.TransferSyntaxUID), made, pixels

    return put


@pytest.fixture
def of_case(stored, shared_cases):
    """`of_case("palette")` is a small picture that went wrong somewhere, stored as the patient's."""

    def put(name: str):
        made = pydicom.dcmread(shared_cases / "pixels-colour" / f"{name}.dcm")
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            setattr(made, keyword, pydicom.uid.generate_uid())
        return stored(made, syntax=made.file_meta.TransferSyntaxUID), made

    return put


@pytest.mark.parametrize("name", DEEP_COLOURS)
def test_deep_colours_are_their_highest_bits(citizen, of_library, name):
    image, made, pixels = of_library(name)

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert (answer.status_code, answer.content_type) == (200, "image/png")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert np.array_equal(pixels_of(answer.data), pixels >> (made.BitsStored - 8))


def test_colours_that_share_their_chroma_are_red_green_and_blue(citizen, of_library):
    image, _, pixels = of_library("SC_ybr_full_422_uncompressed.dcm")

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert np.array_equal(pixels_of(answer.data), pixels)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])
def test_a_palette_of_sixteen_bits_has_its_colours_in_either_order_of_bytes(citizen, stored, syntax):
    made = data_set(bits=16, PhotometricInterpretation="PALETTE COLOR")
    made.PixelData = np.linspace(0, 999, 120).astype("<u2").tobytes()
    ramp = np.linspace(0, 65535, 1000).astype("<u2")
    for place, colour in enumerate(("Red", "Green", "Blue")):
        setattr(made, f"{colour}PaletteColorLookupTableDescriptor", [1000, 0, 16])
        setattr(made, f"{colour}PaletteColorLookupTableData", np.roll(ramp, place * 100).tobytes())
    made.file_meta = pydicom.dataset.FileMetaDataset()
    made.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    wanted = apply_color_lut(made.pixel_array, made) >> 8
    if syntax.endswith(".2.2"):
        for element in made:
            if element.VR == "OW":
                element.value = np.frombuffer(element.value, "<u2").byteswap().tobytes()
    image = stored(made, syntax=syntax)

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert np.array_equal(pixels_of(answer.data), wanted)


@pytest.mark.parametrize("name", ["planar_rgb", "ybr_full", "palette"])
def test_colours_are_those_that_pydicom_tells(citizen, of_case, name):
    image, made = of_case(name)
    wanted = made.pixel_array
    if name == "palette":
        wanted = apply_color_lut(wanted, made) >> (made.RedPaletteColorLookupTableDescriptor[2] - 8)

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert np.array_equal(pixels_of(answer.data), wanted)


@pytest.mark.parametrize(("name", "falling"), [("slope_small", False), ("mono1", True), ("ramp_ww0", False)])
def test_a_ramp_is_a_ramp_without_scripts_too(citizen, of_case, name, falling):
    image, made = of_case(name)

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    row = pixels_of(answer.data)[made.Rows // 2].astype(int)
    assert len(np.unique(row)) > 50
    assert (np.diff(row) <= 0).all() if falling else (np.diff(row) >= 0).all()


def test_a_mask_of_single_bits_is_black_and_white_in_every_frame(citizen, of_library):
    image, _, pixels = of_library("liver_1frame.dcm")

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert np.array_equal(pixels_of(answer.data), pixels * 255)


def test_greys_go_through_the_window_of_the_picture(citizen, stored):
    image = stored(data_set(WindowCenter=60, WindowWidth=41, RescaleSlope=1, RescaleIntercept=0))

    pixels = pixels_of(citizen.get(f"/archive{image.address}/frames/1/rendered").data).ravel()

    assert list(pixels[[0, 39, 59, 80, 119]]) == [0, 0, round((59 - 59.5) / 40 * 255 + 127.5), 255, 255]


@pytest.mark.parametrize("width", [0, "", "NaN"])
def test_a_window_that_the_standard_forbids_counts_as_none(citizen, stored, width):
    image = stored(data_set(WindowCenter=0, WindowWidth=width))

    pixels = pixels_of(citizen.get(f"/archive{image.address}/frames/1/rendered").data)

    assert len(np.unique(pixels)) > 100


def test_pictures_of_a_study_are_counted_through(citizen, stored):
    first = data_set(frames=2, SeriesNumber=1)
    second = data_set(
        StudyInstanceUID=first.StudyInstanceUID, SeriesNumber=2, PhotometricInterpretation="MONOCHROME1"
    )
    image = stored(first)
    later = stored(second)
    address = f"/archive/studies/{image.study_uid}/pictures"

    answers = [citizen.get(f"{address}/{number}") for number in (1, 2, 3, 4, 0)]

    assert [each.status_code for each in answers] == [200, 200, 200, 404, 404]
    assert answers[1].data == citizen.get(f"/archive{image.address}/frames/2/rendered").data
    assert answers[2].data == citizen.get(f"/archive{later.address}/frames/1/rendered").data


def test_what_cannot_be_decoded_is_no_picture(citizen, stored):
    made = data_set(bits=8)
    made.PixelData = encapsulate([b"\x01\x00\x00\x00\x40" + bytes(75)])
    image = stored(made, syntax=RLELossless)

    answer = citizen.get(f"/archive{image.address}/frames/1/rendered")

    assert answer.status_code == 409
    assert citizen.get(f"/archive{image.address}/frames/2/rendered").status_code == 404


def test_where_there_is_no_decoder_nothing_is_said_of_the_picture(citizen, stored):
    made = data_set(bits=8)
    made.PixelData = encapsulate([b"\xff\xd8" + bytes(80) + b"\xff\xd9"])
    image = stored(made, syntax="1.2.840.10008.1.2.4.92")

    assert citizen.get(f"/archive{image.address}/frames/1/rendered").status_code == 406


def test_whoever_asks_for_another_form_is_told_that_there_is_none(citizen, stored):
    image = stored(data_set())
    address = f"/archive{image.address}/frames/1/rendered"

    assert citizen.get(address, headers={"Accept": "image/jpeg"}).status_code == 406
    assert citizen.get(address, headers={"Accept": "image/*"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "number", "links"),
    [("", 1, ["?picture=2"]), ("?picture=2", 2, ["?picture=1"]), ("?picture=no", 1, ["?picture=2"])],
)
def test_the_page_holds_a_picture_for_browsers_without_scripts(citizen, stored, asked, number, links):
    image = stored(data_set(frames=2))

    page = citizen.get(f"/my/images/{image.study_uid}{asked}").text

    (without_scripts,) = re.findall(r"<noscript><div.*?</noscript>", page, re.DOTALL)
    address = f"/archive/studies/{image.study_uid}/pictures/{number}"
    assert f'src="{address}"' in without_scripts
    assert re.findall(r'href="([^"]*)"', without_scripts) == links
    assert citizen.get(address).status_code == 200


@pytest.mark.parametrize("asked", ["?picture=3", "?picture=0", "?picture=-1"])
def test_beyond_the_last_picture_the_page_holds_none(citizen, stored, asked):
    image = stored(data_set(frames=2))

    assert "/pictures/" not in citizen.get(f"/my/images/{image.study_uid}{asked}").text
