"""Waiting for what the worker brings a moment later: news, and nothing else, does not come with the page."""

import time

from playwright.sync_api import Locator, Page

COMES_WITHIN_S = 60


def reload_until_shown(page: Page, wanted: Locator) -> None:
    """Open the page again and again until it shows what is wanted."""
    ends = time.monotonic() + COMES_WITHIN_S
    while not wanted.count():
        assert time.monotonic() < ends, f"{wanted} never came on {page.url}"
        page.wait_for_timeout(500)
        page.reload()
