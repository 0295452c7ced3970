"""The script that counts down an hour in a real browser, whose clock a test moves on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

HOUSE = Path(__file__).parents[3]
ADDRESS = "http://hour.test"
PAGE = """<!doctype html><html lang="en"><title>Record</title>
<div id="hour" data-left="3540"><p data-while>Open, <span data-minutes>59</span> min left.</p>
<p data-over hidden>Closed.</p></div>
<script type="module">
import begin from "/static/scripts/behaviours/time_left.js";
begin(document.getElementById("hour"));
window.begun = true;
</script>"""


def _from_the_house(route: Route) -> None:
    route.fulfill(path=HOUSE / route.request.url.removeprefix(f"{ADDRESS}/"))


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(base_url=ADDRESS)
    page = context.new_page()
    page.clock.install()
    page.route("**/record", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=PAGE))
    page.route("**/static/**", _from_the_house)
    page.goto("/record")
    page.wait_for_function("window.begun")
    yield page
    context.close()


def test_the_minutes_go_down_and_the_end_is_told(page):
    minutes, over = page.locator("[data-minutes]"), page.get_by_text("Closed.")
    expect(minutes).to_have_text("59")
    expect(over).to_be_hidden()

    page.clock.run_for("10:00")
    expect(minutes).to_have_text("49")

    page.clock.run_for("49:01")
    expect(over).to_be_visible()
    expect(page.get_by_text("Open,")).to_be_hidden()


def test_a_machine_that_slept_is_told_when_it_wakes(page):
    page.clock.fast_forward("01:00:00")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(page.get_by_text("Closed.")).to_be_visible()
