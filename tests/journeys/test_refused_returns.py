"""Coming back from the provider with something wrong: calm words, a way on, nobody signed in."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

CARD = "citizen-0010"


@pytest.mark.parametrize(
    "address",
    [
        "/sign-in/demo/callback",
        "/sign-in/demo/callback?state=invented&code=invented",
        "/sign-in/demo/callback?state=one&state=two&code=invented",
        "/sign-in/demo/callback?error=access_denied&state=invented",
        "/staff/sign-in/demo-desk/callback?state=invented&code=invented",
    ],
)
def test_an_invented_address_is_refused_calmly(open_page, address):
    page = open_page()

    answer = page.goto(address)

    assert answer.status == 400
    _is_calm(page)


def test_a_return_cannot_be_replayed_in_another_browser(open_page):
    first, address = _arrive(open_page)
    other = open_page()

    assert other.goto(address).status == 400

    _is_calm(other)
    other.goto("/my")
    expect(other).to_have_url(re.compile("/sign-in"))
    first.goto("/my")
    expect(first).to_have_url(re.compile("/my$"))


def test_a_return_opened_again_in_the_same_browser_leads_on(open_page):
    page, address = _arrive(open_page)

    assert page.goto(address).status == 200

    expect(page).to_have_url(re.compile("/my$"))


def test_a_forged_code_after_a_real_beginning_is_refused_calmly(open_page):
    page = open_page()
    page.goto("/sign-in")
    page.locator("main form button").first.click()
    address = _way_back(page)

    assert page.goto(_forged(address)).status == 400

    _is_calm(page)
    page.goto("/my")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_whoever_cancels_at_the_provider_can_begin_again(open_page):
    page = open_page(language="ru")
    page.goto("/sign-in/demo/callback?error=access_denied&state=invented")

    expect(page.get_by_role("heading", level=1)).to_have_text("Вход не завершён")
    page.get_by_role("link", name="Начать заново").click()

    expect(page).to_have_url(re.compile("/sign-in$"))


def _arrive(open_page) -> tuple[Page, str]:
    """Somebody who has signed in, and the address with which the provider sent them back."""
    page, returns = open_page(), []
    page.on("request", lambda each: returns.append(each.url) if "/callback?" in each.url else None)
    page.goto("/sign-in")
    page.locator("main form button").first.click()
    page.locator(f'button[name="card"][value="{CARD}"]').click()
    page.wait_for_url("**/my")
    assert len(returns) == 1
    return page, returns[0]


def _way_back(page: Page) -> str:
    """Take the card at the provider, and keep the address to which it sends the browser instead of going there."""
    kept = []

    def keep(route: Route) -> None:
        kept.append(route.fetch(max_redirects=0).headers["location"])
        route.abort()

    card = page.locator(f'button[name="card"][value="{CARD}"]')
    card.wait_for()
    page.route("**/*", keep)
    with page.expect_event("requestfailed"):
        card.click(no_wait_after=True)
    page.unroute("**/*")
    return kept[0]


def _forged(address: str) -> str:
    forged, changed = re.subn(r"([?&]code=)[^&]+", r"\1forged", address)
    assert changed == 1
    return forged


def _is_calm(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("The sign-in was not completed")
    expect(page.get_by_role("link", name="Start again")).to_be_visible()
    assert not re.search(r"traceback|error|exception|invalid|state", page.locator("main").inner_text(), re.I)
