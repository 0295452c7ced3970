"""Scrolling, brightness, size and place: by mouse, keyboard, slider and finger."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture(autouse=True)
def study(archive, shared_data: Path) -> None:
    if "phantom" not in archive.studies:
        archive.add("phantom", sorted((shared_data / "dicom" / "series_ct_philips_phantom").glob("*/*")))


@pytest.fixture
def head(open_viewer):
    """The 28 slices, opened from the list of series by keyboard."""

    def opened(**browser_settings):
        viewer = open_viewer("phantom", **browser_settings)
        choice = viewer.page.get_by_role("button", name="STD BRAIN 5MM")
        choice.press("Enter")
        expect(viewer.canvas).to_have_attribute("data-image-count", "28")
        viewer.wait_for_state()
        expect(choice).to_have_attribute("aria-current", "true")
        return viewer

    return opened


def _drag(viewer, right, down, *, button="left"):
    box = viewer.canvas.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    viewer.page.mouse.move(x, y)
    viewer.page.mouse.down(button=button)
    viewer.page.mouse.move(x + right, y + down, steps=8)
    viewer.page.mouse.up(button=button)
    viewer.page.wait_for_timeout(200)


def _tool(viewer, name):
    return viewer.page.get_by_role("button", name=name, exact=True)


def test_the_series_are_listed_with_their_kind_and_count(open_viewer):
    viewer = open_viewer("phantom")

    expect(
        viewer.page.get_by_role("navigation", name="Series of this study").get_by_role("button")
    ).to_have_count(3)
    expect(viewer.page.get_by_role("button", name="STD BRAIN 5MM")).to_contain_text("CT scan")
    expect(viewer.page.get_by_role("button", name="STD BRAIN 5MM")).to_contain_text("Images: 28")


def test_keys_scroll_and_stop_at_both_ends(head):
    viewer = head()

    viewer.press("ArrowUp")
    viewer.wait_for_image(0)
    viewer.press("ArrowDown", "ArrowRight", "PageDown")
    viewer.wait_for_image(12)
    viewer.press("PageDown", "PageDown")
    viewer.wait_for_image(27)
    viewer.press("Home")
    viewer.wait_for_image(0)
    expect(viewer.page.locator("[data-part=position]")).to_have_text("1 / 28")


def test_the_wheel_scrolls(head):
    viewer = head()
    viewer.canvas.hover()

    viewer.page.mouse.wheel(0, 120)

    viewer.wait_for_image(3)


def test_the_place_is_announced(head):
    viewer = head()

    viewer.press("ArrowDown")

    expect(viewer.page.locator("[data-part=status]")).to_have_text("Image 2 of 28")
    expect(viewer.page.locator("[data-part=slider]")).to_have_attribute("aria-valuetext", "Image 2 of 28")


def test_dragging_with_the_mouse_widens_the_window(head):
    viewer = head()

    _drag(viewer, 200, 0)

    assert float(viewer.value("window-width")) > 80
    assert viewer.value("window-centre") == "40"


def test_a_chosen_window_stays_while_scrolling_and_goes_with_reset(head):
    viewer = head()

    viewer.press("3", "ArrowDown")
    viewer.wait_for_image(1)
    assert viewer.value("window-width") == "2500"
    viewer.press("r")
    expect(viewer.canvas).to_have_attribute("data-window-width", "80")


def test_brightness_goes_by_keyboard_too(head):
    viewer = head()

    viewer.press("b", "c")

    assert float(viewer.value("window-centre")) < 40
    assert float(viewer.value("window-width")) < 80


def test_inverting_turns_black_into_white(head):
    viewer = head()
    before = viewer.greys()

    _tool(viewer, "Invert").click()
    viewer.page.wait_for_timeout(200)

    # Only the middle: beside the picture the screen stays black.
    middle = (slice(200, 600), slice(300, 700))
    assert np.abs(255 - before[middle].astype(int) - viewer.greys()[middle]).mean() < 1


def test_a_picture_with_black_and_white_exchanged_says_so(head):
    viewer = head()
    button = viewer.page.get_by_role("button", name="Invert")
    mark = viewer.page.locator("[data-part=negative]")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(mark).to_be_hidden()

    for undo in ("i", "r"):
        viewer.press("i")
        expect(button).to_have_attribute("aria-pressed", "true")
        expect(mark).to_be_visible()
        viewer.press("ArrowDown")
        viewer.wait_for_state()
        expect(mark).to_be_visible()
        viewer.press(undo)
        expect(button).to_have_attribute("aria-pressed", "false")
        expect(mark).to_be_hidden()


@pytest.mark.parametrize("enlarge", ["button", "key", "drag"])
def test_the_picture_grows_and_comes_back(head, enlarge):
    viewer = head()
    viewer.press("PageDown")
    viewer.wait_for_image(10)
    before = viewer.greys()

    if enlarge == "button":
        _tool(viewer, "Larger").click()
    elif enlarge == "key":
        viewer.press("+")
    else:
        _drag(viewer, 0, -60, button="right")
    viewer.page.wait_for_timeout(200)
    assert not np.array_equal(viewer.greys(), before)
    viewer.press("r")
    viewer.page.wait_for_timeout(300)

    assert np.array_equal(viewer.greys(), before)


def test_moving_moves_the_picture_with_the_hand(head):
    viewer = head()
    before = viewer.greys().astype(int)

    _tool(viewer, "Move").click()
    _drag(viewer, 50, 30)

    moved = viewer.greys().astype(int)
    assert np.abs(moved[230:630, 250:750] - before[200:600, 200:700]).mean() < 2


def test_a_finger_scrolls_on_a_phone(head):
    viewer = head(**PHONE)
    box = viewer.canvas.bounding_box()
    touch = viewer.page.context.new_cdp_session(viewer.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + 60

    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        at = {"x": x, "y": y + step * 16}
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    expect(viewer.canvas).not_to_have_attribute("data-image-index", "0")
    viewer.wait_for_state()


def test_two_fingers_make_it_larger(head):
    viewer = head(**PHONE)
    before = viewer.greys()
    box = viewer.canvas.bounding_box()
    touch = viewer.page.context.new_cdp_session(viewer.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def fingers(apart):
        return [{"x": x - apart, "y": y, "id": 1}, {"x": x + apart, "y": y, "id": 2}]

    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": fingers(20)})
    for apart in range(24, 64, 4):
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": fingers(apart)})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    viewer.page.wait_for_timeout(300)

    assert viewer.value("image-index") == "0"
    assert not np.array_equal(viewer.greys(), before)


def test_every_button_is_large_enough_for_a_thumb(head):
    viewer = head(**PHONE)

    buttons = viewer.page.get_by_role("button").all()

    assert len(buttons) > 3
    for button in buttons:
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
