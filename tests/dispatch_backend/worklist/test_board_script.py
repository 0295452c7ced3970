"""The live board's script in a real browser: what it tells of presence, and what stays when the session has ended.

The stream of changes is a small double in the page, which a test makes speak; the queue is answered by the test.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

HOUSE = Path(__file__).parents[3]
ADDRESS = "http://board.test"
NAME = "Тестова А. П., 1960"
BOARD = f"""<!doctype html><html lang="en"><title>Queue</title><p role="status" id="board-status"></p>
<button type="button" id="board-show" hidden>Show</button>
<div id="board" data-events="/events" data-page="/queue" data-live="live" data-broken="broken" data-given-way="given way" data-ended="ended">
<p>{NAME}</p></div>
<script type="module">
import begin from "/static/scripts/behaviours/live_board.js";
window.EventSource = class extends EventTarget {{
  static CLOSED = 2;
  constructor() {{ super(); window.stream = this; this.readyState = 1; }}
  close() {{ this.readyState = 2; }}
}};
begin(document.getElementById("board"));
</script>"""


class Queue:
    """Answers for the server, and remembers which questions said that somebody is there."""

    def __init__(self) -> None:
        self.attended: list[bool] = []
        self.status = 200

    def answer(self, route: Route) -> None:
        self.attended.append(route.request.headers.get("x-attended") == "1")
        route.fulfill(status=self.status, content_type="text/html; charset=utf-8", body=f"<p>{NAME}</p>")


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.fixture
def page(browser: Browser, queue: Queue) -> Iterator[Page]:
    context = browser.new_context(base_url=ADDRESS)
    page = context.new_page()
    page.clock.install()
    page.route("**/board", lambda route: route.fulfill(content_type="text/html; charset=utf-8", body=BOARD))
    page.route(
        "**/static/**",
        lambda route: route.fulfill(path=HOUSE / route.request.url.removeprefix(f"{ADDRESS}/")),
    )
    page.route("**/queue", queue.answer)
    page.goto("/board")
    page.wait_for_function("window.stream")
    expect(page.get_by_text(NAME)).to_be_visible()
    yield page
    context.close()


def heard(page: Page, event: str) -> None:
    page.evaluate(f"window.stream.dispatchEvent(new Event('{event}'))")


def fetched(page: Page) -> None:
    """Until the pause in which changes are gathered is over, and the queue has come."""
    with page.expect_response("**/queue"):
        page.clock.run_for(500)


def test_a_board_that_nobody_touches_tells_no_presence(page, queue):
    for _ in range(3):
        heard(page, "changed")
        fetched(page)

    assert queue.attended == [False, False, False]


def test_a_touch_is_told_once(page, queue):
    page.keyboard.press("Tab")
    for _ in range(2):
        heard(page, "changed")
        fetched(page)

    assert queue.attended == [True, False]


def test_a_touch_long_ago_is_no_presence(page, queue):
    page.keyboard.press("Tab")
    page.clock.fast_forward("14:00")
    heard(page, "changed")
    fetched(page)

    assert queue.attended == [False]


def test_somebody_who_works_is_told_of_though_nothing_changes(page, queue):
    page.clock.fast_forward("02:30")
    page.keyboard.press("Tab")
    fetched(page)

    assert queue.attended == [True]


def test_no_name_stays_when_the_session_has_ended(page):
    heard(page, "ended")

    expect(page.get_by_text(NAME)).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("ended")


def test_no_name_stays_when_the_post_may_not_see_the_queue_any_more(page, queue):
    queue.status = 403
    heard(page, "changed")
    fetched(page)

    expect(page.get_by_text(NAME)).to_have_count(0)
    expect(page.get_by_role("status")).to_have_text("ended")


def test_a_refused_stream_asks_whether_the_session_has_ended(page, queue):
    queue.status = 403
    page.evaluate("window.stream.close()")
    heard(page, "error")
    fetched(page)

    expect(page.get_by_role("status")).to_have_text("ended")


def test_no_name_stays_without_news_for_as_long_as_a_session_lives(page):
    heard(page, "error")
    page.clock.fast_forward("14:00")
    expect(page.get_by_text(NAME)).to_be_visible()

    page.clock.fast_forward("01:30")

    expect(page.get_by_text(NAME)).to_have_count(0)


def test_the_queue_is_back_with_the_connection(page):
    heard(page, "error")
    page.clock.fast_forward("20:00")

    heard(page, "open")
    fetched(page)

    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("live")


def test_a_stream_that_never_opens_is_told_of(page):
    """A browser opens no more than six to one address and says nothing about the rest."""
    page.clock.fast_forward("00:06")

    expect(page.get_by_role("status")).to_have_text("broken")

    heard(page, "open")

    expect(page.get_by_role("status")).to_have_text("live")


def test_what_is_no_longer_kept_up_to_date_looks_so(page):
    stale = re.compile("stale")
    heard(page, "open")
    page.clock.fast_forward("00:06")
    expect(page.get_by_role("status")).not_to_have_class(stale)

    heard(page, "given-way")

    expect(page.get_by_role("status")).to_have_text("given way")
    expect(page.get_by_role("status")).to_have_class(stale)


def test_whoever_touches_a_board_that_gave_way_goes_on_there(page):
    heard(page, "given-way")
    page.keyboard.press("Tab")
    heard(page, "open")
    fetched(page)

    expect(page.get_by_role("status")).to_have_text("live")
