"""Kinds of pixels on the canvas, held against what pydicom makes of the same file."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.pixels import apply_color_lut
from pydicom.uid import ExplicitVRLittleEndian

from tests.viewer.expected_greys import values_on_canvas

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


@pytest.mark.parametrize(("name", "falling"), [("ramp_ww0", False), ("slope_small", False), ("mono1", True)])
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
