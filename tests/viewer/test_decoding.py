"""The same picture in every transfer syntax that a browser can decode; what it cannot is said in words."""

from pathlib import Path

import numpy as np
import pydicom.data
import pytest
from playwright.sync_api import expect

REFERENCE = "LittleEndianExplicit"
LOSSLESS = (
    "BigEndianExplicit",
    "DeflatedExplicitVRLittleEndian",
    "JPEG2000LosslessOnly",
    "JPEGLSLossless",
    "JPEGProcess14SV1",
    "JPEGProcess14",
    "LittleEndianImplicit",
    "RLELossless",
)
LOSSY = ("JPEG2000", "JPEGLSLossy", "JPEGProcess10_12", "JPEGProcess2_4", "JPEGProcess6_8")
DIFFERENT_PIXELS = ("JPEGProcess1",)
MIN_GREYS = 100
# The 12-bit files were scaled down before they were packed.
LOSSY_MAX_MEAN_DIFFERENCE = 8

COLOUR = (
    "SC_rgb_small_odd.dcm",
    "examples_palette.dcm",
    "examples_ybr_color.dcm",
    "examples_jpeg2k.dcm",
    "SC_rgb_jpeg_dcmtk.dcm",
    "SC_jpeg_no_color_transform.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
)
UNREADABLE = ("MR_truncated.dcm",)
PYDICOM_FILES = Path(pydicom.data.__file__).parent / "test_files"


@pytest.fixture
def show(open_viewer, archive, shared_data: Path):
    def shown(syntax: str):
        archive.add(syntax, [shared_data / "dicom" / "single" / f"CTImage_{syntax}TransferSyntax.dcm"])
        return open_viewer(syntax).greys()

    return shown


@pytest.fixture(scope="module")
def references() -> dict[str, np.ndarray]:
    """The greys of the uncompressed picture, once they have been looked at."""
    return {}


@pytest.fixture
def reference(show, references):
    if REFERENCE not in references:
        references[REFERENCE] = show(REFERENCE)
    return references[REFERENCE]


@pytest.mark.parametrize("syntax", LOSSLESS)
def test_a_lossless_syntax_shows_the_very_same_greys(show, reference, syntax):
    assert np.array_equal(show(syntax), reference)


@pytest.mark.parametrize("syntax", LOSSY)
def test_a_lossy_syntax_shows_nearly_the_same_greys(show, reference, syntax):
    apart = np.abs(show(syntax).astype(int) - reference)

    assert 0 < apart.mean() < LOSSY_MAX_MEAN_DIFFERENCE


@pytest.mark.parametrize("syntax", DIFFERENT_PIXELS)
def test_eight_bit_baseline_is_not_black(show, syntax):
    assert len(np.unique(show(syntax))) > MIN_GREYS


@pytest.mark.parametrize("file", COLOUR)
def test_colour_is_drawn_and_offers_no_window(open_viewer, archive, file):
    archive.add(file, [PYDICOM_FILES / file])

    viewer = open_viewer(file)

    assert len(np.unique(viewer.greys())) > 10
    assert viewer.value("window-width") == ""
    expect(viewer.page.locator("[data-part=presets]")).to_be_disabled()


@pytest.mark.parametrize("file", UNREADABLE)
def test_what_no_browser_can_decode_is_said_in_words(open_viewer, archive, file):
    archive.add(file, [PYDICOM_FILES / file])

    viewer = open_viewer(file, state="failed")

    expect(viewer.page.locator("[data-part=message]")).to_contain_text("could not be shown")


@pytest.mark.parametrize(
    ("file", "count"),
    [("emri_small.dcm", 10), ("emri_small_RLE.dcm", 10), ("emri_small_jpeg_ls_lossless.dcm", 10)],
)
def test_an_instance_of_many_frames_is_a_stack(open_viewer, archive, shared_data, file, count):
    archive.add(file, [shared_data / "dicom" / "single" / file])

    viewer = open_viewer(file)
    viewer.press("End")
    viewer.wait_for_image(count - 1)

    assert viewer.value("image-count") == str(count)
    assert len(np.unique(viewer.greys())) > MIN_GREYS
