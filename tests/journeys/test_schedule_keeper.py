"""A keeper of schedules adds times to a day on a phone, closes it, and opens it again: what was closed by mistake is there as it was."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from foundation.clock import today
from tests.journeys.conftest import PHONE
from tests.journeys.looking import faults_in_every_size

# Beyond what the demo region offers, so that nobody is booked there who another journey needs.
DAY = today() + timedelta(days=60)


@pytest.mark.timeout(120)
def test_times_are_added_closed_and_opened_again(sign_in):
    keeper: Page = sign_in("staff-0321", staff=True, language="ru", size=PHONE)
    keeper.locator("#facility").select_option(label="Оренбургская областная больница")
    keeper.locator(".filter-bar button").click()
    keeper.locator("main table a").first.click()
    week = keeper.url.partition("?")[0]

    keeper.goto(f"{week}?day={DAY}")
    keeper.get_by_role("link", name="Добавить время приёма").click()
    keeper.locator("#begins").fill("08:00")
    keeper.locator("#ends").fill("09:00")
    keeper.locator("#minutes").fill("30")
    keeper.keyboard.press("Enter")
    expect(keeper.locator(".week")).to_contain_text("Свободно: 2")

    keeper.get_by_role("link", name="Закрыть время").click()
    expect(keeper.locator("main")).to_contain_text("Свободного времени снимется с записи: 2.")
    keeper.get_by_label("Аппарат неисправен").check(force=True)
    faults = faults_in_every_size("schedule_keeper", keeper, "closing", "ru")
    keeper.get_by_role("button", name="Закрыть это время").click()
    expect(keeper.locator(".week")).to_contain_text("Свободно: 0")
    faults += faults_in_every_size("schedule_keeper", keeper, "closed", "ru")

    keeper.get_by_role("button", name="Открыть снова").click()
    expect(keeper.locator(".week")).to_contain_text("Свободно: 2")

    assert faults == []
