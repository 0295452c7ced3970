"""A dispatcher's way: the queue, a slot, a colleague's board that keeps up, a booking taken back.

Who is booked here is free again at the end, so that the journeys do not stand in each other's way.
"""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.identity.journeys import STAFF_COOKIE
from tests.journeys.conftest import PHONE
from tests.journeys.waiting import reload_until_shown

DISPATCHER, COLLEAGUE = "staff-0001", "staff-0002"
HEART_PATIENT, HEART_PATIENT_CARD = "Gromov", "citizen-0005"
KIDNEY_PATIENT, KIDNEY_PATIENT_CARD = "Koroleva", "citizen-0009"
SLOT = 'button[name="slot"]'
CONFIRM = 'form[action$="/booking"] button'
LIVE_WITHIN_MS = 60_000


def test_a_booking_reaches_the_colleague_s_open_board_and_the_patient(sign_in):
    colleague = sign_in(COLLEAGUE, staff=True)
    colleague.goto("/dispatch?step=book&service=C-CARD")
    expect(colleague.get_by_text("The queue keeps itself up to date.")).to_be_visible(timeout=LIVE_WITHIN_MS)
    expect(_row(colleague, HEART_PATIENT)).to_have_count(1)
    colleague.evaluate("window.sameDocument = true")
    page = sign_in(DISPATCHER, staff=True)

    _open(page, "C-CARD", HEART_PATIENT)
    starts = page.locator("table.slots tbody tr").first.locator("strong").first.inner_text()
    page.locator(SLOT).first.click()
    expect(page.locator("form.check")).to_contain_text(HEART_PATIENT)
    expect(page.locator("form.check")).to_contain_text(starts)
    page.locator(CONFIRM).click()

    expect(page.get_by_text("The slot is booked.")).to_be_focused()
    expect(_row(colleague, HEART_PATIENT)).to_have_count(0, timeout=LIVE_WITHIN_MS)
    assert colleague.evaluate("window.sameDocument"), "the board changed by itself, without a new page"
    patient = sign_in(HEART_PATIENT_CARD)
    patient.goto("/my")
    first = patient.locator(".appointment").first
    expect(first).to_contain_text("Cardiologist")
    expect(first).to_contain_text(f"at {starts}")
    reload_until_shown(patient, patient.get_by_role("link", name="A time has been booked for you"))

    reason = f"Врач заболел {uuid4().int % 10**6:06}"
    _cancel(page, reason)

    expect(page.get_by_text("The booking is cancelled and the slot is free again.")).to_be_focused()
    expect(_row(colleague, HEART_PATIENT)).to_have_count(1, timeout=LIVE_WITHIN_MS)
    patient.goto("/my/dispatch")
    expect(patient.locator("main")).to_contain_text(reason)
    expect(patient.locator(".referral").first).to_contain_text("Waiting for a time")


def test_without_scripts_a_slot_is_booked_and_taken_back_with_a_reason(sign_in):
    page = sign_in(DISPATCHER, staff=True, java_script_enabled=False)
    _open(page, "C-NEPH", KIDNEY_PATIENT)

    page.locator(SLOT).first.click()
    page.locator(CONFIRM).click()
    expect(page.get_by_text("The slot is booked.")).to_be_visible()
    _cancel(page, "")
    expect(page.locator(".nhsuk-error-summary")).to_contain_text("Give the reason")
    assert page.get_by_label("Reason").get_attribute("aria-invalid") == "true"
    page.locator('[name="cancel-reason"]').fill("Пациент просит другой день")
    page.locator('form[action$="/cancellation"] button').click()

    expect(page.get_by_text("The booking is cancelled and the slot is free again.")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Пациент просит другой день")
    expect(page.locator(SLOT).first).to_be_visible()


def test_a_dispatcher_who_thinks_again_books_nothing(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    _open(page, "C-NEPH", KIDNEY_PATIENT)

    page.locator(SLOT).first.click()
    expect(page.get_by_role("heading", name="Check before you book")).to_be_visible()
    page.get_by_role("link", name="Choose another slot").click()

    expect(page.locator(SLOT).first).to_be_visible()


def test_a_reason_typed_before_the_session_ended_is_there_after_signing_in_again(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    _open(page, "C-NEPH", KIDNEY_PATIENT)
    referral = page.url
    _revoke_too_late(page, "Пациент просит подождать")
    page.wait_for_load_state()

    expect(page.get_by_text("What you typed is kept in this tab")).to_be_visible()
    assert "%D0" not in page.url
    _take_card(page, DISPATCHER)

    expect(page).to_have_url(referral)
    expect(page.locator('[name="revoke-reason"]')).to_have_value("Пациент просит подождать")
    expect(page.get_by_text("It has not been sent yet.")).to_be_visible()
    page.locator('[name="revoke-reason"]').fill("")
    page.goto(referral)
    expect(page.locator('[name="revoke-reason"]')).to_have_value("")


def test_a_reason_stands_after_the_language_and_after_another_slot_until_it_is_sent(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    _open(page, "C-NEPH", KIDNEY_PATIENT)
    referral, reason = page.url, page.locator('[name="revoke-reason"]')
    page.locator("summary").filter(has_text="The referral is no longer needed").click()
    reason.fill("Пациент просит подождать")

    page.locator(SLOT).first.click()
    page.get_by_role("link", name="Choose another slot").click()
    expect(reason).to_have_value("Пациент просит подождать")
    page.locator('button[name="language"][value="ru"]').click()
    expect(page.locator('html[lang="ru"]')).to_be_attached()
    expect(reason).to_have_value("Пациент просит подождать")

    reason.fill("я" * 501)
    page.locator('form[action$="/withdrawal"] button').click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    page.locator('button[name="language"][value="en"]').click()
    expect(page.locator('html[lang="en"]')).to_be_attached()
    expect(page).to_have_url(re.compile(re.escape(referral)))
    expect(reason).to_have_value("я" * 501)


def test_the_arrows_pass_through_the_choices_of_the_queue_and_leaving_sends_the_last(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    page.goto("/dispatch")
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Priority").focus()

    for _ in range(2):
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(200)
    assert page.evaluate("window.sameDocument"), "no arrow sent the choices"
    chosen = page.get_by_label("Priority").input_value()
    page.keyboard.press("Tab")

    expect(page).to_have_url(re.compile(f"priority={chosen}"))
    expect(page.get_by_label("Service")).to_be_focused()
    page.get_by_label("Priority").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(re.compile(f"priority={chosen}"))
    expect(page.get_by_label("Priority")).to_be_focused()


def test_a_reason_is_not_shown_to_whoever_signs_in_next_in_the_same_tab(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    _open(page, "C-NEPH", KIDNEY_PATIENT)
    _revoke_too_late(page, "Пациент просит подождать")
    page.wait_for_load_state()

    _take_card(page, COLLEAGUE)

    expect(page.locator('[name="revoke-reason"]')).to_have_value("")
    # The page forgets as soon as its scripts have come.
    page.wait_for_function("sessionStorage.length === 0")
    expect(page.locator('[name="revoke-reason"]')).to_have_value("")


def test_a_slot_that_somebody_else_has_just_taken_is_told_calmly(sign_in):
    first = sign_in(DISPATCHER, staff=True, java_script_enabled=False)
    second = sign_in(COLLEAGUE, staff=True, java_script_enabled=False)
    slot = _both_see(first, second, "C-NEUR")
    number = second.get_by_role("heading", level=1).inner_text()

    for page in (first, second):
        page.locator(f'{SLOT}[value="{slot}"]').click()
    first.locator(CONFIRM).click()
    expect(first.get_by_text("The slot is booked.")).to_be_visible()
    with second.expect_response(re.compile("/booking$")) as answer:
        second.locator(CONFIRM).click()

    assert answer.value.status == 409
    expect(second.get_by_role("alert")).to_contain_text("Someone has just taken this slot.")
    expect(second.get_by_role("heading", level=1)).to_have_text(number)
    expect(second.locator(SLOT).first).to_be_visible()
    expect(second.locator(f'{SLOT}[value="{slot}"]')).to_have_count(0)
    _cancel(first, "Время понадобилось другому пациенту")


def test_two_dispatchers_at_one_referral_do_not_book_it_twice(sign_in):
    first = sign_in(DISPATCHER, staff=True, java_script_enabled=False)
    second = sign_in(COLLEAGUE, staff=True, java_script_enabled=False)
    _open(first, "C-NEPH", KIDNEY_PATIENT)
    second.goto(first.url)

    first.locator(SLOT).nth(0).click()
    second.locator(SLOT).nth(1).click()
    first.locator(CONFIRM).click()
    second.locator(CONFIRM).click()

    expect(second.get_by_role("alert")).to_contain_text(re.compile("meanwhile|already holds a booking"))
    expect(second.get_by_role("heading", name="Booking")).to_be_visible()
    _cancel(first, "Проверка")


def test_the_queue_is_narrowed_by_a_choice_without_a_button(sign_in):
    page = sign_in(DISPATCHER, staff=True)
    page.goto("/dispatch")
    # Until the script of the filters is there, a choice is only made.
    expect(page.locator("form.filters[data-attached]")).to_have_count(1)

    page.get_by_label("Priority").select_option("emergency")

    expect(page).to_have_url(re.compile("priority=emergency"))
    rows = page.locator("table.queue tbody tr")
    expect(rows.filter(has_not_text="Emergency")).to_have_count(0)
    expect(rows.first).to_contain_text("Emergency")


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_first_line_of_the_queue_stands_on_a_phone_s_first_screen(sign_in, language):
    page = sign_in(DISPATCHER, staff=True, size=PHONE, language=language)
    page.goto("/dispatch")
    first = page.locator("table.queue tbody tr").first.bounding_box()

    assert first["y"] + first["height"] < PHONE["height"]
    choices = page.locator("form.filters select")
    assert choices.filter(visible=True).count() == 0
    page.locator("summary.filter-fold__summary").click()
    expect(choices.first).to_be_visible()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("width", [1024, 1120, 1280, 1920])
def test_every_column_of_the_queue_is_whole_and_a_wide_desk_is_used(sign_in, language, width):
    page = sign_in(DISPATCHER, staff=True, size={"width": width, "height": 900}, language=language)
    page.goto("/dispatch")

    table = page.locator("#queue-table")
    # The table's own border counts as beyond it.
    assert table.evaluate("each => each.scrollWidth - each.clientWidth") <= 2
    assert table.bounding_box()["width"] > 0.9 * width


def _row(page: Page, name: str) -> Locator:
    return page.locator("table.queue tbody tr").filter(has_text=name)


def test_the_newest_of_many_windows_is_live_and_the_oldest_says_that_it_is_not(sign_in):
    """A browser opens six streams to one address: what is beyond would wait in silence, and look up to date."""
    first = sign_in(COLLEAGUE, staff=True)
    windows = [first, *(first.context.new_page() for _ in range(7))]

    for each in windows:
        each.goto("/dispatch")
        expect(each.get_by_role("status")).to_have_text(
            "The queue keeps itself up to date.", timeout=LIVE_WITHIN_MS
        )

    expect(first.get_by_role("status")).to_contain_text("open in too many windows")


def _open(page: Page, service: str, name: str) -> None:
    page.goto(f"/dispatch?step=book&service={service}")
    _row(page, name).get_by_role("link").click()
    expect(page.locator(SLOT).first).to_be_visible()


def _cancel(page: Page, reason: str) -> None:
    page.locator("summary").filter(has_text="Cancel the booking").click()
    page.locator('[name="cancel-reason"]').fill(reason)
    page.locator('form[action$="/cancellation"] button').click()


def _revoke_too_late(page: Page, reason: str) -> None:
    """Send the reason of a withdrawal when the session has ended meanwhile."""
    page.locator("summary").filter(has_text="The referral is no longer needed").click()
    page.locator('[name="revoke-reason"]').fill(reason)
    cookies = page.context.cookies()
    page.context.add_cookies([{**each, "value": "ended"} for each in cookies if each["name"] == STAFF_COOKIE])
    page.locator('form[action$="/withdrawal"] button').click()


def _take_card(page: Page, card: str) -> None:
    page.locator("main form button").first.click()
    page.locator(f'button[name="card"][value="{card}"]').click()
    page.wait_for_load_state()


def _both_see(first: Page, second: Page, service: str) -> str:
    """Open two patients' referrals side by side that are offered the same slot, and tell the slot."""
    first.goto(f"/dispatch?step=book&service={service}")
    links = [each.get_attribute("href") for each in first.locator("table.queue a").all()]
    first.goto(links[0])
    offered = _slots(first)
    for link in links[1:]:
        second.goto(link)
        common = [slot for slot in _slots(second) if slot in offered]
        if common:
            return common[0]
    raise AssertionError("no two patients are offered the same slot")


def _slots(page: Page) -> list[str]:
    return [each.get_attribute("value") for each in page.locator(SLOT).all()]
