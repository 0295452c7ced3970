"""A real Chromium before a small archive of its own."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.viewer.stub_archive import StubArchive, serve_archive
from tests.viewer.viewer_page import Viewer

DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def archive() -> Iterator[StubArchive]:
    with serve_archive() as stub:
        yield stub


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

    def opened(name: str, *, state: str = "drawn", clinical: bool = True, **device: object) -> Viewer:
        viewer = Viewer(open_context(**device).new_page())
        viewers.append(viewer)
        viewer.page.goto(archive.page(name, clinical=clinical))
        viewer.wait_for_state(state)
        return viewer

    yield opened
    for viewer in viewers:
        viewer.page.close()
    assert [fault for viewer in viewers for fault in viewer.faults] == []
