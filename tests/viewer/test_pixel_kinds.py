"""Kinds of pixels on the canvas, held against what pydicom makes of the same file."""

from pathlib import Path

import numpy as np
import pydicom
import pydicom.data
import pytest
from playwright.sync_api import expect
from pydicom.multival import MultiValue
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from tests.viewer.expected_greys import values_on_canvas, windowed

LIBRARY_FILES = Path(pydicom.data.__file__).parent / "test_files"
COLOURS = ("palette", "planar_rgb", "ybr_full")
# Conversions of colour spaces round each in their own way.
MAX_MEAN_DIFFERENCE = 2.0


@pytest.fixture
def cases(shared_cases: Path) -> Path:
    return shared_cases / "pixels-colour"


def _reds(dataset: pydicom.Dataset) -> np.ndarray:
    """The red of every point, 0 to 255, as pydicom tells it, which turns other colour spaces into RGB by itself."""
    pixels = dataset.pixel_array
    if dataset.PhotometricInterpretation == "PALETTE COLOR":
        pixels = apply_color_lut(pixels, dataset)
        if dataset.RedPaletteColorLookupTableDescriptor[2] == 16:
            pixels = pixels >> 8
    elif dataset.BitsStored > 8:
        pixels = pixels >> (dataset.BitsStored - 8)
    return pixels[..., 0].astype(float)


def _difference(viewer, dataset: pydicom.Dataset, expected: np.ndarray) -> float:
    seen = viewer.greys()
    height, width = seen.shape
    spacing = tuple(map(float, dataset.get("PixelSpacing") or (1, 1)))
    wanted, inside = values_on_canvas(expected, spacing=spacing, height=height, width=width)
    return float(np.abs(wanted - seen)[inside].mean())


@pytest.mark.parametrize("name", COLOURS)
def test_a_colour_is_the_one_that_pydicom_tells(open_viewer, archive, cases, name):
    dataset = pydicom.dcmread(cases / f"{name}.dcm")
    archive.studies[name] = [dataset]

    viewer = open_viewer(name)

    assert _difference(viewer, dataset, _reds(dataset)) < MAX_MEAN_DIFFERENCE


@pytest.mark.parametrize(
    ("name", "falling"),
    [("ramp_ww0", False), ("ramp_no_window", False), ("slope_small", False), ("mono1", True)],
)
def test_a_ramp_is_a_ramp_whatever_window_it_brings(open_viewer, archive, cases, name, falling):
    dataset = pydicom.dcmread(cases / f"{name}.dcm")
    archive.studies[name] = [dataset]

    viewer = open_viewer(name)

    greys = viewer.greys()
    lit = greys[greys.shape[0] // 2]
    lit = lit[np.flatnonzero(lit)[0] : np.flatnonzero(lit)[-1] + 1].astype(int)
    assert len(np.unique(lit)) > 100
    steps = np.diff(lit)
    assert (steps <= 1).all() if falling else (steps >= -1).all()


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("ramp_two_windows", {}),
        ("slope_small", {}),
        ("mono1", {}),
        ("ramp_two_windows", {"WindowCenter": [None, 100], "WindowWidth": [None, 200]}),
        ("ramp_two_windows", {"WindowCenter": ["NaN", 100], "WindowWidth": ["NaN", 200]}),
        ("ramp_two_windows", {"WindowCenter": [0, 100], "WindowWidth": [0, 200]}),
    ],
)
def test_greys_are_those_of_the_first_window_that_the_standard_allows(
    open_viewer, archive, cases, name, changes
):
    dataset = pydicom.dcmread(cases / f"{name}.dcm")
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    key = f"{name}-{changes}"
    archive.studies[key] = [dataset]

    viewer = open_viewer(key)

    assert _difference(viewer, dataset, _greys(dataset)) < 1


def test_signed_values_of_sixteen_bits_are_greys_below_nothing_too(open_viewer, archive, cases):
    dataset = pydicom.dcmread(cases / "ramp_two_windows.dcm")
    values = np.linspace(-2000, 2000, dataset.Rows * dataset.Columns).astype("<i2")
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 1
    dataset.PixelData = values.tobytes()
    dataset["PixelData"].VR = "OW"
    dataset.WindowCenter, dataset.WindowWidth = -500, 2000
    dataset.RescaleSlope, dataset.RescaleIntercept = 1, 0
    archive.studies["signed"] = [dataset]

    viewer = open_viewer("signed")

    assert _difference(viewer, dataset, _greys(dataset)) < 1


def test_a_flat_picture_without_a_legal_window_is_a_picture(open_viewer, archive, cases):
    archive.add("flat", [cases / "flat_ww0.dcm"])

    viewer = open_viewer("flat")

    assert float(viewer.value("window-width")) >= 1


def _greys(dataset: pydicom.Dataset) -> np.ndarray:
    """The greys of every point, through the first legal window, as pydicom has the values."""
    values = apply_modality_lut(dataset.pixel_array, dataset).astype(float)
    windows = [
        (float(centre), float(width))
        for centre, width in zip(
            _each(dataset.get("WindowCenter")), _each(dataset.get("WindowWidth")), strict=True
        )
        if centre not in (None, "") and float(width) >= 1
    ]
    if windows:
        centre, width = windows[0]
    else:
        lower, upper = np.quantile(values, (0.005, 0.995))
        centre, width = (lower + upper + 1) / 2, upper - lower + 1
    greys = windowed(values, centre=centre, width=width)
    return 255 - greys if dataset.PhotometricInterpretation == "MONOCHROME1" else greys


def _each(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, MultiValue) else [value]


def test_a_palette_of_sixteen_bits_has_its_colours(open_viewer, archive, cases):
    dataset = pydicom.dcmread(cases / "palette.dcm")
    indices = np.linspace(0, 999, dataset.Rows * dataset.Columns).astype("<u2")
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit = 15
    dataset.PixelData = indices.tobytes()
    dataset["PixelData"].VR = "OW"
    ramp = np.linspace(0, 65535, 1000).astype("<u2").tobytes()
    for colour in ("Red", "Green", "Blue"):
        setattr(dataset, f"{colour}PaletteColorLookupTableDescriptor", [1000, 0, 16])
        setattr(dataset, f"{colour}PaletteColorLookupTableData", ramp)
    archive.studies["deep"] = [dataset]

    viewer = open_viewer("deep")

    assert _difference(viewer, dataset, _reds(dataset)) < MAX_MEAN_DIFFERENCE


@pytest.mark.parametrize("bits", [16, 32])
@pytest.mark.parametrize("native", [False, True])
def test_deep_colours_are_those_that_pydicom_tells(open_viewer, archive, bits, native):
    dataset = pydicom.dcmread(LIBRARY_FILES / f"SC_rgb_rle_{bits}bit.dcm")
    if native:
        dataset.decompress()
    name = f"deep-{bits}-{native}"
    archive.studies[name] = [dataset]

    viewer = open_viewer(name)

    assert _difference(viewer, dataset, _reds(dataset)) < MAX_MEAN_DIFFERENCE


def test_colours_that_share_their_chroma_are_those_that_pydicom_tells(open_viewer, archive):
    dataset = pydicom.dcmread(LIBRARY_FILES / "SC_ybr_full_422_uncompressed.dcm")
    archive.studies["shared"] = [dataset]

    viewer = open_viewer("shared")

    assert _difference(viewer, dataset, _reds(dataset)) < MAX_MEAN_DIFFERENCE


def test_a_mask_is_white_on_black_and_says_what_it_is(open_viewer, archive):
    frames = 3
    dataset = pydicom.dcmread(LIBRARY_FILES / "liver_1frame.dcm")
    whole = dataset.pixel_array
    # Frames that do not end with a byte.
    parts = [whole[:511, :501]] * frames
    parts[1] = 1 - parts[1]
    dataset.Rows, dataset.Columns, dataset.NumberOfFrames = *parts[0].shape, frames
    dataset.PixelData = np.packbits(np.stack(parts).ravel(), bitorder="little").tobytes()
    dataset.pop("PerFrameFunctionalGroupsSequence", None)
    archive.studies["mask"] = [dataset]

    viewer = open_viewer("mask", clinical=False)

    expect(viewer.page.locator("[data-part=window]")).to_have_text("White: the marked area")
    for number in range(frames):
        viewer.page.locator("[data-part=slider]").fill(str(number + 1))
        viewer.wait_for_image(number)
        assert _difference(viewer, dataset, parts[number] * 255.0) < MAX_MEAN_DIFFERENCE


def test_what_the_archive_cannot_draw_either_is_told_in_words(open_viewer, archive, cases):
    dataset = pydicom.dcmread(cases / "planar_rgb.dcm")
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PhotometricInterpretation = "CMYK"
    dataset.PixelData = dataset.PixelData * 2
    dataset.SOPInstanceUID = generate_uid()
    archive.studies["odd"] = [dataset]

    viewer = open_viewer("odd", state="failed")

    expect(viewer.page.locator("[data-part=message]")).to_contain_text(
        "This kind of image cannot be shown here"
    )
    expect(viewer.page.get_by_role("button", name="Try again")).to_be_hidden()
