"""A picture that cannot be decoded shows no other, spoils no other, and says so."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import expect
from pydicom.encaps import encapsulate, generate_frames
from pydicom.uid import generate_uid

from tests.viewer.viewer_page import Viewer

WALKS, WALKS_A_PAGE = 20, 5
# As a file looks that was cut on its way and filled up to its length, or not.
KEPT_BYTES = 600
SYNTAXES = (
    *("JPEG2000LosslessOnly", "JPEG2000", "JPEGLSLossless", "JPEGLSLossy", "JPEGProcess1", "JPEGProcess2_4"),
    *("JPEGProcess6_8", "JPEGProcess10_12", "JPEGProcess14", "JPEGProcess14SV1", "RLELossless"),
)
COLOURS = ("SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_jpeg_gdcm.dcm", "examples_jpeg2k.dcm", "SC_rgb_rle.dcm")
LIBRARY_FILES = Path(pydicom.data.__file__).parent / "test_files"


@pytest.fixture
def walkable(archive, shared_data: Path) -> Callable[[str], str]:
    """`walkable(syntax)` names a study of three pictures, each unlike the others, whose middle one is undecodable."""

    def made(syntax: str, *, kept: float = KEPT_BYTES, filled: bool = True) -> str:
        name = f"cut-{syntax}-{kept}-{filled}"
        path = shared_data / "dicom" / "single" / f"CTImage_{syntax}TransferSyntax.dcm"
        archive.studies[name] = [_numbered(path, number) for number in (1, 2, 3)]
        _, middle, last = archive.studies[name]
        whole = next(generate_frames(middle.PixelData, number_of_frames=1))
        middle.PixelData = encapsulate([cut(whole, kept=kept, filled=filled)])
        # A window of its own, so that the third picture is told from the first.
        last.RescaleIntercept = float(last.RescaleIntercept) + 150
        return name

    return made


def cut(whole: bytes, *, kept: float, filled: bool) -> bytes:
    """A frame of which so many bytes, or such a share of them, are left."""
    length = kept if kept > 1 else int(len(whole) * kept)
    return whole[:length] + bytes(len(whole) - length if filled else 0)


def _numbered(path: Path, number: int) -> pydicom.Dataset:
    dataset = pydicom.dcmread(path)
    dataset.SOPInstanceUID, dataset.InstanceNumber = generate_uid(), number
    # In the order of their numbers, not of a place that all three share.
    del dataset.ImagePositionPatient
    return dataset


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_an_undecodable_picture_says_so_and_leaves_the_others_as_they_are(open_viewer, walkable, syntax):
    viewer = open_viewer(walkable(syntax))
    first = viewer.greys()

    viewer.press("ArrowDown")

    _assert_said_to_fail(viewer)
    viewer.press("ArrowDown")
    viewer.wait_for_image(2)
    assert np.abs(viewer.greys().astype(int) - first).mean() > 1
    viewer.press("Home")
    viewer.wait_for_image(0)
    assert np.array_equal(viewer.greys(), first)


@pytest.mark.parametrize(
    "syntax", ["JPEG2000LosslessOnly", "JPEGLSLossless", "JPEGProcess14SV1", "RLELossless"]
)
@pytest.mark.parametrize(("kept", "filled"), [(0.5, False), (0.75, True)])
def test_half_a_picture_is_none(open_viewer, walkable, syntax, kept, filled):
    viewer = open_viewer(walkable(syntax, kept=kept, filled=filled))

    viewer.press("ArrowDown")

    _assert_said_to_fail(viewer)


@pytest.mark.parametrize("file", COLOURS)
@pytest.mark.parametrize(("kept", "filled"), [(0.5, False), (0.5, True)])
def test_half_a_picture_in_colour_is_none(open_viewer, archive, file, kept, filled):
    dataset = pydicom.dcmread(LIBRARY_FILES / file)
    whole = next(generate_frames(dataset.PixelData, number_of_frames=1))
    dataset.PixelData = encapsulate([cut(whole, kept=kept, filled=filled)])
    archive.studies[f"half-{file}-{filled}"] = [dataset]

    viewer = open_viewer(f"half-{file}-{filled}", state="failed")

    expect(viewer.page.locator("[data-part=message]")).to_contain_text("could not be shown")


def test_twenty_walks_never_show_the_pixels_of_another_picture(open_viewer, walkable):
    name = walkable("JPEG2000LosslessOnly")
    good: dict[int, np.ndarray] = {}

    for walk in range(WALKS):
        if walk % WALKS_A_PAGE == 0:
            viewer = open_viewer(name)
        for key, index in (("End", 2), ("ArrowUp", 1), ("Home", 0), ("ArrowDown", 1), ("Home", 0)):
            viewer.press(key)
            if index == 1:
                _assert_said_to_fail(viewer)
            else:
                viewer.wait_for_image(index)
                seen = viewer.greys()
                assert np.array_equal(good.setdefault(index, seen), seen)

    assert not np.array_equal(good[0], good[2])


@pytest.mark.parametrize(
    ("locale", "words"), [("en-GB", "could not be shown"), ("ru-RU", "показать не удалось")]
)
def test_a_study_that_begins_with_an_undecodable_picture_opens_on_it(
    open_viewer, archive, walkable, locale, words
):
    name = walkable("JPEG2000")
    archive.studies[name][0], archive.studies[name][1] = archive.studies[name][1], archive.studies[name][0]
    for number, dataset in enumerate(archive.studies[name], 1):
        dataset.InstanceNumber = number

    viewer = open_viewer(name, state="failed", locale=locale)

    expect(viewer.page.locator("[data-part=message]")).to_contain_text(words)
    viewer.press("ArrowDown")
    viewer.wait_for_image(1)
    assert len(np.unique(viewer.greys())) > 100


def test_pictures_without_a_window_open_though_the_middle_one_does_not(open_viewer, archive, walkable):
    name = walkable("JPEGLSLossless")
    for dataset in archive.studies[name]:
        del dataset.WindowCenter, dataset.WindowWidth

    viewer = open_viewer(name)

    assert len(np.unique(viewer.greys())) > 100


def _assert_said_to_fail(viewer: Viewer) -> None:
    expect(viewer.canvas).to_have_attribute("data-image-index", "1")
    viewer.wait_for_state("failed")
    expect(viewer.page.locator("[data-part=message]")).to_contain_text("could not be shown")
    expect(viewer.canvas.locator("canvas")).not_to_be_visible()
