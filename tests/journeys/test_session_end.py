"""Whoever does nothing is warned in time, goes on with one press, and is told truly when nothing can be prolonged."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.barriers import barriers_of, width_of
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.pictures import keep_picture
from tests.journeys.service import Service, running
from tests.ports import free_ports

CITIZEN, DOCTOR = "citizen-0003", "staff-0230"
# Enough for a page to be looked at while it warns; citizens come to the end of the longest time first.
SHORT = {"STAFF_IDLE_S": "40", "CITIZEN_IDLE_S": "3600", "LONGEST_SESSION_S": "100"}
WORDS = {
    "en": ("Are you still there?", "This cannot be prolonged.", "You are signed out"),
    "ru": ("Вы ещё здесь?", "Продлить его нельзя.", "Вы вышли"),
}


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service whose sessions are short."""
    with running(tmp_path_factory.mktemp("hasty") / "data", free_ports(), **SHORT) as started:
        yield started


@pytest.fixture
def arrive(browser: Browser, hasty: Service):
    contexts = []

    def arrived(card: str, language: str, first: str) -> Page:
        context = browser.new_context(base_url=hasty.address, locale=language, viewport=DESK)
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/staff/sign-in" if card == DOCTOR else "/sign-in")
        page.locator("main form button").first.click()
        page.locator(f'button[name="card"][value="{card}"]').click()
        page.wait_for_load_state()
        page.goto(first)
        return page

    yield arrived
    for context in contexts:
        context.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_one_press_goes_on_and_whoever_does_not_press_is_signed_out(arrive, language):
    page, (still_there, _, over) = arrive(DOCTOR, language, "/emr"), WORDS[language]
    dialog = page.get_by_role("alertdialog")

    expect(dialog).to_be_visible(timeout=30_000)
    expect(dialog).to_have_accessible_name(re.compile(re.escape(still_there)))
    expect(dialog.get_by_role("button")).to_be_focused()
    faults = _faults_of(page, "warning", language)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    assert page.request.get("/staff/session").json()["idle_s"] > 20
    expect(dialog).to_be_visible(timeout=30_000)
    expect(dialog.get_by_role("heading", name=over)).to_be_visible(timeout=30_000)
    expect(dialog.get_by_role("link")).to_be_focused()
    faults += _faults_of(page, "over", language)
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/staff/sign-in\?asked_for=%2Femr"))
    assert faults == []


@pytest.mark.timeout(300)
def test_the_longest_time_is_told_and_not_prolonged(arrive):
    # Both wait at once: it is the longest time that there is.
    dialogs = {language: arrive(CITIZEN, language, "/my").get_by_role("alertdialog") for language in WORDS}
    faults = []

    for language, dialog in dialogs.items():
        _, not_prolonged, _ = WORDS[language]
        expect(dialog).to_be_visible(timeout=120_000)
        expect(dialog.get_by_text(not_prolonged)).to_be_visible()
        faults += _faults_of(dialog.page, "longest", language)
        dialog.page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
    for language, dialog in dialogs.items():
        _, _, over = WORDS[language]
        expect(dialog.get_by_role("heading", name=over)).to_be_visible(timeout=120_000)
        dialog.page.goto("/my")
        expect(dialog.page).to_have_url(re.compile("/sign-in"))

    assert faults == []


def _faults_of(page: Page, name: str, language: str) -> list[str]:
    faults = []
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        faults += barriers_of(page)
        if width_of(page) > size["width"]:
            faults.append(f"{name}: {width_of(page)} px wide")
        keep_picture(page, "session-end", name, language)
    return faults
