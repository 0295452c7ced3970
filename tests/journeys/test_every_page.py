"""Every page of every role, in both languages, for a phone and a desk: no barrier that axe finds, nothing cut off.

The pages are found as a person finds them, by following links from the first page; an address that shows a page and
was not reached fails the test, so that a new page cannot be forgotten.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.exceptions import HTTPException

from tests.journeys.conftest import DESK, PHONE

SMALLEST = {"width": 320, "height": 640}
# Who walks through which pages, from where. The doctor works where the citizen with the broken wrist was treated.
VISITORS = {
    "stranger": ("", "/"),
    "citizen": ("citizen-0003", "/my"),
    "doctor": ("staff-0230", "/emr"),
    "dispatcher": ("staff-0001", "/dispatch"),
}
PATIENT = "Мельников"
# GET addresses that are no pages: machines, files, returns from the provider.
NO_PAGES = ("archive.", "emr_archive.", "interop.", "foundation.health", "static")
NOT_REACHED_BY_LINKS = {
    "dispatch.queue.show",  # the fragment of the queue that the live board fetches
    "dispatch.events.show",
    "emr.entries.edit",  # only of one's own notes: the doctor's journey
    "emr.signatures.new",
    "interop.exports.show",
    "identity.callbacks.show",
    "identity.staff_callbacks.show",
    "identity.sign_outs.show",
    "identity.staff_sign_outs.show",
    "identity.posts.new",
}
MOST_PAGES = 60

_reached: dict[str, set[str]] = {}


def endpoint_of(app: Flask, path: str) -> str:
    try:
        return app.url_map.bind("localhost").match(path)[0]
    except HTTPException:
        return ""


def is_page(endpoint: str) -> bool:
    return bool(endpoint) and not endpoint.startswith(NO_PAGES)


def walk(app: Flask, page: Page, first: str) -> dict[str, str]:
    """One address for every kind of page that links lead to: {endpoint: address}."""
    found, waiting = {endpoint_of(app, urlsplit(first).path): first}, [first]
    while waiting and len(found) < MOST_PAGES:
        page.goto(waiting.pop(0))
        if page.url.endswith("/emr"):
            search(page)
        for address in page.eval_on_selector_all(
            "a[href]", "links => links.map(link => link.getAttribute('href'))"
        ):
            parts = urlsplit(address)
            endpoint = endpoint_of(app, parts.path) if not parts.netloc and parts.path else ""
            if is_page(endpoint) and endpoint not in found:
                found[endpoint] = address
                waiting.append(address)
    return found


def search(page: Page) -> None:
    """Patients are found by sending a form, because names do not belong in addresses."""
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    page.wait_for_load_state()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_no_page_has_a_barrier(app, sign_in, open_page, visitor, language):
    page = _arrive(sign_in, open_page, visitor, language)
    pages = walk(app, page, VISITORS[visitor][1])
    _reached.setdefault(visitor, set()).update(pages)
    assert len(pages) > 1

    barriers = []
    for address in pages.values():
        for size in (DESK, PHONE):
            page.set_viewport_size(size)
            page.goto(address)
            page.wait_for_load_state("networkidle" if "/images/" not in address else "load")
            assert page.locator("html").get_attribute("lang") == language
            found = Axe().run(page)
            barriers += [
                f"{address} {size['width']}: {each['id']} {each['nodes'][0]['html'][:150]}"
                for each in found.response["violations"]
            ]
    assert barriers == []


@pytest.mark.parametrize("visitor", VISITORS)
def test_no_page_is_wider_than_the_smallest_phone(app, sign_in, open_page, visitor):
    page = _arrive(sign_in, open_page, visitor, "ru")
    pages = walk(app, page, VISITORS[visitor][1])
    page.set_viewport_size(SMALLEST)

    wide = []
    for address in pages.values():
        page.goto(address)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > SMALLEST["width"]:
            wide.append(f"{address}: {width}")
    assert wide == []


def test_every_page_was_reached(app, sign_in, open_page):
    reached = set(NOT_REACHED_BY_LINKS)
    for visitor, (_card, first) in VISITORS.items():
        reached |= (
            _reached.get(visitor) or walk(app, _arrive(sign_in, open_page, visitor, "ru"), first).keys()
        )

    pages = {
        rule.endpoint for rule in app.url_map.iter_rules() if "GET" in rule.methods and is_page(rule.endpoint)
    }

    assert pages - reached == set()


def _arrive(
    sign_in: Callable[..., Page], open_page: Callable[..., Page], visitor: str, language: str
) -> Page:
    card = VISITORS[visitor][0]
    if not card:
        return open_page(language=language)
    return sign_in(card, staff=card.startswith("staff"), language=language)
