"""Looking at the viewer page as a person does, and holding it against what the files say."""

import base64
import re
from collections.abc import Iterable

import numpy as np
import pydicom
from playwright.sync_api import Page, expect

from tests.viewer.expected_greys import modality_values, values_on_canvas, windowed

# The screen adds up in whole greys, and interpolates with its own rounding.
MAX_MEAN_DIFFERENCE = 0.5
MAX_DIFFERENCE = 4

READ_GREYS = """canvas => {
  const copy = document.createElement('canvas');
  copy.width = canvas.width;
  copy.height = canvas.height;
  const context = copy.getContext('2d');
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, copy.width, copy.height);
  const greys = new Uint8Array(data.length / 4);
  for (let at = 0; at < greys.length; at += 1) greys[at] = data[at * 4];
  let text = '';
  for (let at = 0; at < greys.length; at += 8192) text += String.fromCharCode(...greys.subarray(at, at + 8192));
  return { width: copy.width, height: copy.height, greys: btoa(text) };
}"""


class Viewer:
    """The viewer page as a person sees it; nothing in it is called, only looked at and touched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("[data-part=canvas]")
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda line: self._note_policy_violation(line.text))

    def _note_policy_violation(self, line: str) -> None:
        if "Content Security Policy" in line:
            self.faults.append(line)

    def wait_for_state(self, state: str = "drawn") -> None:
        """Wait until something has come of it, and see that it is this."""
        expect(self.canvas).to_have_attribute(
            "data-state", re.compile("drawn|failed|no-image"), timeout=20_000
        )
        expect(self.canvas).to_have_attribute("data-state", state)

    def wait_for_image(self, index: int) -> None:
        expect(self.canvas).to_have_attribute("data-image-index", str(index))
        self.wait_for_state()

    def value(self, name: str) -> str:
        return self.canvas.get_attribute(f"data-{name}") or ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.canvas.press(key)

    def greys(self) -> np.ndarray:
        """The red channel of what is on the canvas, rows by columns."""
        seen = self.canvas.locator("canvas").evaluate(READ_GREYS)
        greys = np.frombuffer(base64.b64decode(seen["greys"]), np.uint8)
        return greys.reshape(seen["height"], seen["width"])


def by_position(datasets: Iterable[pydicom.Dataset]) -> list[pydicom.Dataset]:
    """From the feet upwards, as slices lie in the patient (ImagePositionPatient, DICOM PS3.3 C.7.6.2.1.1)."""
    return sorted(datasets, key=lambda each: float(each.ImagePositionPatient[2]))


def grey_differences(dataset: pydicom.Dataset, viewer: Viewer) -> np.ndarray:
    """How far each point of the canvas is from the grey that the file asks for."""
    seen = viewer.greys()
    height, width = seen.shape
    spacing = (float(dataset.PixelSpacing[0]), float(dataset.PixelSpacing[1]))
    values, inside = values_on_canvas(modality_values(dataset), spacing=spacing, height=height, width=width)
    centre, breadth = float(viewer.value("window-centre")), float(viewer.value("window-width"))
    return np.abs(windowed(values, centre=centre, width=breadth) - seen)[inside]


def assert_each_image_in_its_place(viewer: Viewer, datasets: Iterable[pydicom.Dataset]) -> None:
    """The first, the middle and the last image stand where they belong and have their greys."""
    right_order = by_position(datasets)
    count = len(right_order)
    assert viewer.value("image-count") == str(count)
    for index, key in ((0, "Home"), (count - 1, "End"), (count // 2, None)):
        if key:
            viewer.press(key)
        else:
            viewer.page.locator("[data-part=slider]").fill(str(index + 1))
        viewer.wait_for_image(index)

        differences = grey_differences(right_order[index], viewer)

        assert viewer.value("instance") == right_order[index].SOPInstanceUID
        assert differences.mean() < MAX_MEAN_DIFFERENCE
        assert np.percentile(differences, 99.5) < MAX_DIFFERENCE
