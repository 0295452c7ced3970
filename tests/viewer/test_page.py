"""The page around the picture: both languages, narrow screens, no fault that axe can find."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"
BLACK = "rgb(0, 0, 0)"
SIZES = ((320, 568), (360, 740), (740, 360), (1280, 800))


@pytest.fixture(autouse=True)
def study(archive, shared_data: Path) -> None:
    if "phantom" not in archive.studies:
        archive.add("phantom", sorted((shared_data / "dicom" / "series_ct_philips_phantom").glob("*/*")))


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("locale", ["ru-RU", "en-GB"])
def test_nothing_sticks_out_and_the_picture_has_room(open_viewer, width, height, locale):
    viewer = open_viewer("phantom", viewport={"width": width, "height": height}, locale=locale)

    assert viewer.page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0
    box = viewer.canvas.bounding_box()
    assert min(box["width"], box["height"]) >= 140


@pytest.mark.parametrize("locale", ["ru-RU", "en-GB"])
def test_axe_finds_nothing(open_viewer, locale):
    viewer = open_viewer("phantom", locale=locale)
    viewer.page.locator(".help__summary").click()

    found = Axe().run(viewer.page)

    assert found.response["violations"] == []


def test_every_word_is_russian_for_a_russian_reader(open_viewer):
    viewer = open_viewer("phantom", locale="ru-RU")

    expect(viewer.page.get_by_role("button", name="Листать")).to_be_visible()
    expect(viewer.page.locator("[data-part=window]")).to_contain_text("Центр")
    expect(viewer.page.locator("html")).to_have_attribute("lang", "ru")


def test_the_keyboard_alone_reaches_everything(open_viewer):
    viewer = open_viewer("phantom")
    viewer.page.get_by_role("button", name="STD BRAIN 5MM").click()
    expect(viewer.canvas).to_have_attribute("data-image-count", "28")
    viewer.wait_for_state()
    reached = set()

    for _ in range(25):
        viewer.page.keyboard.press("Tab")
        reached.add(
            viewer.page.evaluate(
                "() => document.activeElement.dataset.part ?? document.activeElement.className"
            )
        )

    assert {
        "canvas",
        "slider",
        "presets",
        "series__button",
        "tool",
        "viewer__back",
        "help__summary",
    } <= reached


@pytest.mark.parametrize("chosen", [".tool[aria-pressed=true]", ".series__button[aria-current=true]"])
def test_in_colours_of_the_readers_choosing_what_is_chosen_stands_out(open_viewer, chosen):
    page = open_viewer("phantom", forced_colors="active").page
    colour = "each => getComputedStyle(each).backgroundColor"

    bar = page.locator("[data-part=scale-bar]").evaluate("each => getComputedStyle(each).borderBottomColor")

    assert page.locator(chosen).evaluate(colour) != page.locator(".tool[aria-pressed=false]").first.evaluate(
        colour
    )
    assert bar == "rgb(255, 255, 255)"


@pytest.mark.parametrize(("words", "width"), [("Рентгенография запястья", 360), ("Маммография", 320)])
@pytest.mark.parametrize("large", [True, False])
def test_the_picture_keeps_its_room_however_large_the_letters(open_viewer, words, width, large):
    viewer = open_viewer("phantom", viewport={"width": width, "height": 740}, locale="ru-RU")
    title = viewer.page.locator(".viewer__title bdi")
    title.evaluate("(each, words) => { each.textContent = words }", words)
    if large:
        viewer.page.evaluate(LARGE_TEXT)

    assert viewer.page.evaluate("document.documentElement.scrollWidth") <= width
    assert viewer.canvas.bounding_box()["height"] >= 740 * 0.3
    lines = title.evaluate("each => new Set([...each.getClientRects()].map(box => box.top)).size")
    assert lines <= len(words.split())
    labels = viewer.page.locator(".tool__label").filter(visible=True)
    assert labels.evaluate_all("all => all.filter(each => each.scrollWidth > each.clientWidth).length") == 0
    box = viewer.page.locator(".help__summary").bounding_box()
    assert box["x"] + box["width"] <= width
    assert box["y"] < 48


def test_paper_holds_the_picture_and_no_machinery(open_viewer):
    viewer = open_viewer("phantom")
    viewer.page.emulate_media(media="print")

    expect(viewer.page.locator(".viewer__title")).to_be_visible()
    assert viewer.page.locator(".viewer__title").evaluate("each => getComputedStyle(each).color") == BLACK
    for machinery in (".help", ".help__panel", ".tool", ".viewer__slider", ".viewer__back"):
        assert viewer.page.locator(machinery).filter(visible=True).count() == 0
    picture, sheet = viewer.page.locator(".viewport canvas").bounding_box(), viewer.page.viewport_size
    assert picture["y"] + picture["height"] <= sheet["height"]
    assert picture["width"] <= sheet["width"]
