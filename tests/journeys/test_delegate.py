"""A mother opens her child's record from her first page with two presses, sees whose it is everywhere, and goes back."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.barriers import barriers_of, width_of
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.pictures import keep_picture

MOTHER = "citizen-0012"
PAGES = ("/my", "/my/timeline", "/my/dispatch", "/my/images", "/my/access")
WORDS = {
    "en": (
        "Open this record",
        "You are looking at the record of",
        "Back to my own record",
        "Record",
    ),
    "ru": ("Открыть эту карту", "Вы смотрите карту", "Назад к моей карте", "Карта"),
}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_mother_opens_her_child_s_record_in_two_presses_and_goes_back(sign_in, size, language):
    press, banner, back, record = WORDS[language]
    page = sign_in(MOTHER, size=size, language=language)
    faults = barriers_of(page)
    keep_picture(page, "delegate", "own", language)

    page.get_by_role("button", name=press).click()
    page.wait_for_url("**/my")
    expect(page.locator(".on-behalf")).to_contain_text(banner)
    page.locator("main").get_by_role("link", name=re.compile(f"^{record}")).first.click()
    expect(page).to_have_url(re.compile("/my/timeline"))
    expect(page.locator(".on-behalf")).to_contain_text(re.compile("Safin|Сафин"))

    for address in PAGES:
        page.goto(address)
        expect(page.locator(".on-behalf")).to_contain_text(banner)
        # What is the child's is not the reader's own.
        expect(page.locator("h1")).not_to_have_text(
            re.compile(r"\b(my|your|мо[яюйи]|ваш\w*)\b", re.IGNORECASE)
        )
        faults += barriers_of(page)
        assert width_of(page) <= size["width"], address
        keep_picture(page, "delegate", address, language)
    page.get_by_role("button", name=back).click()
    page.wait_for_url("**/my")

    expect(page.locator(".on-behalf")).to_have_count(0)
    expect(page.locator("h1")).to_contain_text(re.compile("Nikitina|Никитина"))
    assert faults == []


def test_a_child_s_card_opens_nothing_and_says_who_does(sign_in):
    page = sign_in("citizen-0002")

    expect(page.locator("main")).to_contain_text("a parent opens their record")
