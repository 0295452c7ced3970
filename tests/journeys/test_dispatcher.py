"""A dispatcher's way: the queue, a slot, a colleague's board that keeps up, a booking taken back."""

import re

from playwright.sync_api import Page, expect

DISPATCHER, COLLEAGUE = "staff-0001", "staff-0002"
BOOK = 'form[action$="/booking"] button'


def _to_book(page: Page, skip: int = 0) -> str:
    """The address of a referral that waits for a slot and has one on offer."""
    page.goto("/dispatch")
    addresses = page.eval_on_selector_all(
        'tr a[href*="/dispatch/referrals/"]', "links => links.map(link => link.getAttribute('href'))"
    )
    for address in addresses[skip:]:
        page.goto(address)
        if page.locator(BOOK).count():
            return address
    raise AssertionError("no referral on the first page of the queue can be booked")


def test_a_slot_is_booked_and_the_colleague_s_board_keeps_up(sign_in):
    colleague = sign_in(COLLEAGUE, staff=True)
    colleague.goto("/dispatch")
    page = sign_in(DISPATCHER, staff=True)
    page.on("dialog", lambda dialog: dialog.accept())
    address = _to_book(page)
    row = colleague.locator("tr", has=colleague.locator(f'a[href="{address}"]')).first
    before = row.inner_text()

    page.locator(BOOK).first.click()
    page.wait_for_load_state()

    page.goto(address)
    expect(page.locator(BOOK)).to_have_count(0)
    expect(colleague.locator("main")).not_to_contain_text(before, timeout=30_000)


def test_without_scripts_a_slot_is_booked_and_taken_back_with_a_reason(sign_in):
    page = sign_in(DISPATCHER, staff=True, java_script_enabled=False)
    address = _to_book(page, skip=3)

    page.locator(BOOK).first.click()
    page.goto(address)
    page.locator("details summary").first.click()
    page.locator('form[action$="/cancellation"] [name$="reason"]').fill("Пациент просит другой день")
    page.locator('form[action$="/cancellation"] button').click()
    page.goto(address)

    expect(page.locator("main")).to_contain_text("Пациент просит другой день")
    expect(page.locator(BOOK).first).to_be_visible()


def test_a_slot_that_somebody_else_has_just_taken_is_told_calmly(sign_in):
    first, second = sign_in(DISPATCHER, staff=True, java_script_enabled=False), None
    address = _to_book(first, skip=6)
    second = sign_in(COLLEAGUE, staff=True, java_script_enabled=False)
    second.goto(address)

    first.locator(BOOK).first.click()
    second.locator(BOOK).first.click()
    second.wait_for_load_state()

    expect(second.locator("main")).to_contain_text(
        re.compile("already|just taken|meanwhile|changed", re.IGNORECASE)
    )


def test_a_wrong_return_from_the_provider_is_told_calmly(open_page):
    page = open_page()

    answer = page.goto("/sign-in/demo/callback?code=invented&state=invented")

    assert answer.status in (400, 404)
    expect(page.locator("main")).to_be_visible()
    assert "Traceback" not in page.content()
