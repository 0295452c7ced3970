"""Going through a page with the keyboard alone, as somebody does who cannot use a mouse."""

from playwright.sync_api import Locator, Page

MOST_STEPS = 120


def tab_to(page: Page, selector: str) -> Locator:
    """Press Tab until what has the focus fits the selector; the focus must be visible there."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return page.locator(":focus")
    raise AssertionError(f"Tab never led to {selector} on {page.url}")


def enter(page: Page, selector: str) -> None:
    """Go there and press Enter; what it leads to is loaded afterwards."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.type(text)
