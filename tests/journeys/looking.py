"""What is wrong with the pages that a journey looks at, and pictures of them."""

from playwright.sync_api import Page

from tests.journeys.barriers import barriers_of, broken_numbers_of, width_of
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.pictures import keep_picture


class Looked:
    """Barriers, broken numbers and pages that are wider than their window, of one journey in one language."""

    def __init__(self, journey: str, language: str) -> None:
        self.journey, self.language = journey, language
        self.faults: list[str] = []

    def at(self, page: Page, name: str) -> None:
        self.faults += barriers_of(page) + broken_numbers_of(page)
        if (width := width_of(page)) > page.viewport_size["width"]:
            self.faults.append(f"{page.url}: {width} px wide")
        keep_picture(page, self.journey, name, self.language)


def faults_in_every_size(journey: str, page: Page, name: str, language: str) -> list[str]:
    """What keeps somebody from using this page on a desk or a phone, with a picture of each; its window is then as it was."""
    before, faults = page.viewport_size, []
    for size in (DESK, PHONE, SMALLEST):
        page.set_viewport_size(size)
        faults += barriers_of(page)
        if (width := width_of(page)) > size["width"]:
            faults.append(f"{name}: {width} px wide at {size['width']}")
        keep_picture(page, journey, name, language)
    page.set_viewport_size(before)
    return faults
