"""Waiting for what does not come with the page: news, which the worker brings a moment later, and scripts."""

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


def press_with_scripts(page: Page) -> None:
    """Press the button of the page's form once its script is there: before, the form goes without what the script adds."""
    page.locator("main form[data-attached] button").click()
