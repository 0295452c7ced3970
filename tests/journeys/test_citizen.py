"""A citizen's way: sign in with a card, see what is next, the record, the pictures, who looked; sign out."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.barriers import width_of
from tests.journeys.conftest import PHONE

DIABETIC, FRACTURE, LOW_ASSURANCE, OTHER_BIRTH_DATE, STRANGER = (
    "citizen-0001",
    "citizen-0003",
    "citizen-0014",
    "citizen-0013",
    "stranger-0001",
)


def test_a_citizen_signs_in_and_sees_their_own_record(sign_in):
    page = sign_in(DIABETIC, size=PHONE)

    expect(page).to_have_url(re.compile("/my$"))
    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="My record").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator("main")).to_contain_text("HbA1c")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_first_line_of_the_record_stands_on_a_phone_s_first_screen(sign_in, language):
    page = sign_in(DIABETIC, size=PHONE, language=language)
    page.goto("/my/timeline")
    first = page.locator(".entry__link").first.bounding_box()

    assert first["y"] + first["height"] < PHONE["height"]
    expect(page.get_by_role("link", name=re.compile("Images|Снимки"))).to_be_hidden()
    page.get_by_role("button", name=re.compile("Menu|Меню")).click()
    expect(page.get_by_role("link", name=re.compile("Images|Снимки"))).to_be_visible()


FIRST_LINES = {
    "/my/timeline": ".entry__link",
    "/my/access?whose=everyone": ".access__name, .access summary",
    "/my/dispatch": ".referral__name",
}
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true })"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("address", FIRST_LINES)
def test_every_list_begins_on_a_phone_s_first_screen(sign_in, address, language):
    page = sign_in(FRACTURE, size=PHONE, language=language)
    page.goto(address)
    first = page.locator(FIRST_LINES[address]).first.bounding_box()

    assert first["y"] + first["height"] < PHONE["height"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_nothing_is_cut_off_on_a_phone_whose_text_is_twice_as_large(sign_in, language):
    page = sign_in(FRACTURE, size=PHONE, language=language)
    page.goto("/my/timeline")
    entry = page.locator(".entry__link").first.get_attribute("href")

    widths = {}
    for address in ("/sign-in", "/my", *FIRST_LINES, "/my/images", entry):
        page.goto(address)
        page.evaluate(LARGE_TEXT)
        page.evaluate(UNFOLD)
        widths[address] = width_of(page)

    assert {address: width for address, width in widths.items() if width > PHONE["width"]} == {}


def test_the_open_menu_leaves_its_button_in_reach_however_high_the_header(sign_in):
    page = sign_in(FRACTURE, size=PHONE, language="ru")
    page.evaluate(LARGE_TEXT)
    button = page.get_by_role("button", name="Меню")

    button.click()

    menu, header = (page.locator(each).bounding_box() for each in ("#menu", ".masthead"))
    assert menu["y"] >= header["y"] + header["height"] - 1
    assert menu["y"] + menu["height"] <= PHONE["height"]
    assert menu["width"] == PHONE["width"]
    button.click()
    expect(page.locator("#menu")).to_be_hidden()


def test_paper_holds_the_words_and_no_addresses_or_controls(sign_in):
    page = sign_in(DIABETIC)
    page.goto("/my/timeline")
    page.emulate_media(media="print")

    assert (
        page.evaluate("getComputedStyle(document.querySelector('.entry__link'), '::after').content") == "none"
    )
    expect(page.get_by_text("Record of")).to_be_visible()
    expect(page.locator(".entry__link").first).to_be_visible()
    for control in ("button", "select", "nav", "a[download]"):
        assert page.locator(control).filter(visible=True).count() == 0


def test_in_colours_of_the_reader_s_own_only_one_item_of_the_menu_looks_current(sign_in):
    page = sign_in(DIABETIC)
    page.emulate_media(forced_colors="active")

    borders = page.locator(".menu__link").evaluate_all(
        "links => links.map(link => getComputedStyle(link).borderBottomColor)"
    )

    assert borders.count(borders[0]) == 1


def test_the_record_is_filtered_by_kind_and_year_without_scripts(sign_in):
    page = sign_in(DIABETIC, java_script_enabled=False)
    page.goto("/my/timeline")
    page.locator('select[name="kind"]').select_option("result")
    page.locator('main form[method="get"] button').first.click()

    expect(page).to_have_url(re.compile("kind=result"))
    expect(page.locator("main")).to_contain_text("HbA1c")


def test_the_pictures_open_in_the_viewer(sign_in):
    page = sign_in(FRACTURE)
    page.goto("/my/images")
    page.locator('main a[href*="/my/images/"]').first.click()

    expect(page.locator('[data-state="drawn"]').first).to_be_visible(timeout=30_000)


def test_who_looked_is_told_in_words(sign_in):
    page = sign_in(FRACTURE)
    page.goto("/my/timeline")
    page.goto("/my/access")

    expect(page.locator("main")).to_contain_text(re.compile("you", re.IGNORECASE))


def test_signing_out_ends_both_sides(sign_in):
    page = sign_in(DIABETIC)
    page.goto("/my")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_load_state()

    page.goto("/my")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.locator("main form button").first.click()
    expect(page.locator('button[name="card"]').first).to_be_visible()


def test_whoever_cannot_be_matched_sees_the_same_calm_page(sign_in):
    page = sign_in(OTHER_BIRTH_DATE)

    assert _told(page) == _told(sign_in(STRANGER))
    page.goto("/my")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_whoever_is_not_known_surely_enough_is_not_signed_in(sign_in):
    page = sign_in(LOW_ASSURANCE)

    expect(page.locator("main")).to_contain_text(
        "The sign-in service knows you, but not surely enough to open a medical record."
    )
    page.goto("/my")
    expect(page).to_have_url(re.compile("/sign-in"))


def _told(page) -> str:
    return page.locator("main").inner_text()


def test_a_citizen_uses_the_service_with_the_keyboard_alone(sign_in):
    page = sign_in(DIABETIC)
    page.goto("/my")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text(re.compile("main content"))
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "/my/timeline" in (page.locator(":focus").get_attribute("href") or ""):
            break
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/my/timeline"))


def test_russian_is_chosen_and_kept(sign_in):
    page = sign_in(DIABETIC)
    page.goto("/my")
    page.get_by_role("button", name="Русский").click()

    expect(page.locator("html")).to_have_attribute("lang", "ru")
    page.goto("/my/timeline")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
