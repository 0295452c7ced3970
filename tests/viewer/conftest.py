"""A real Chromium before a small archive of its own."""

import base64
import os
import re
import shutil
from collections.abc import Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.viewer.stub_archive import StubArchive, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DESK = {"width": 1280, "height": 900}

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


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        message = "Chromium is not installed (make peers)."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)  # noqa: TID251
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def archive() -> Iterator[StubArchive]:
    with served() as stub:
        yield stub


class Viewer:
    """The viewer page as a person sees it; nothing in it is called, only looked at and touched."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.canvas = page.locator("[data-part=canvas]")
        self.faults: list[str] = []
        page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        page.on("console", lambda line: self._heard(line.text))

    def _heard(self, line: str) -> None:
        if "Content Security Policy" in line:
            self.faults.append(line)

    def open(self, address: str) -> "Viewer":
        self.page.goto(address)
        self.settled()
        return self

    def settled(self, state: str = "drawn") -> None:
        expect(self.canvas).to_have_attribute("data-state", re.compile("drawn|failed|no-picture"), timeout=20_000)
        expect(self.canvas).to_have_attribute("data-state", state)

    def at(self, index: int) -> None:
        expect(self.canvas).to_have_attribute("data-image-index", str(index))
        self.settled()

    def fact(self, name: str) -> str:
        return self.canvas.get_attribute(f"data-{name}") or ""

    def press(self, *keys: str) -> None:
        for key in keys:
            self.canvas.press(key)

    def greys(self) -> np.ndarray:
        """The red channel of what is on the canvas, rows by columns."""
        seen = self.canvas.locator("canvas").evaluate(READ_GREYS)
        greys = np.frombuffer(base64.b64decode(seen["greys"]), np.uint8)
        return greys.reshape(seen["height"], seen["width"])


@pytest.fixture
def open_viewer(chromium, archive):
    """A function: the name of a study in the archive, the viewer that shows it."""
    contexts = []

    def opened(name: str, *, state: str = "drawn", **browser_settings: object) -> Viewer:
        context = chromium.new_context(**{"viewport": DESK, "locale": "en-GB", **browser_settings})
        contexts.append(context)
        viewer = Viewer(context.new_page())
        viewer.page.goto(archive.page(name))
        viewer.settled(state)
        return viewer

    yield opened
    for context in contexts:
        context.close()
