"""A real Chromium before a small archive of its own."""

import base64
import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.viewer.stub_archive import StubArchive, served

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

    def settled(self, state: str = "drawn") -> None:
        """Wait until something has come of it, and see that it is this."""
        expect(self.canvas).to_have_attribute(
            "data-state", re.compile("drawn|failed|no-picture"), timeout=20_000
        )
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


@pytest.fixture(scope="module")
def open_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """A context for each kind of device, kept for the module, so that the viewer is fetched once."""
    contexts: dict[str, BrowserContext] = {}

    def opened(**settings: object) -> BrowserContext:
        kind = repr(sorted(settings.items(), key=lambda item: item[0]))
        if kind not in contexts:
            contexts[kind] = browser.new_context(**{"viewport": DESK, "locale": "en-GB", **settings})
        return contexts[kind]

    yield opened
    for context in contexts.values():
        context.close()


@pytest.fixture
def open_viewer(open_context, archive):
    """`open_viewer("ct")` shows that study on a fresh page, whose complaints fail the test at the end."""
    viewers = []

    def opened(name: str, *, state: str = "drawn", **device: object) -> Viewer:
        viewer = Viewer(open_context(**device).new_page())
        viewers.append(viewer)
        viewer.page.goto(archive.page(name))
        viewer.settled(state)
        return viewer

    yield opened
    for viewer in viewers:
        viewer.page.close()
    assert [fault for viewer in viewers for fault in viewer.faults] == []
