"""What axe finds on a page, and what is too wide for it."""

from importlib import resources

from playwright.sync_api import Page

AXE = (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def barriers_of(page: Page) -> list[str]:
    """Each rule that the page breaks as it is shown now, with the first place where it does."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    size = page.viewport_size
    return [
        f"{page.url} at {size['width']}: {each['id']}: {each['nodes'][0]['html'][:150]}"
        for each in found["violations"]
    ]


def width_of(page: Page) -> int:
    """How wide the page is, in CSS pixels, with what one would have to scroll to."""
    return page.evaluate("document.documentElement.scrollWidth")
