"""The privacy officer judges what waits, so that a journey that counts on an empty queue has one."""

import re

from playwright.sync_api import Page


def judge_all(officer: Page, verdict: str) -> None:
    """Give every emergency that waits this verdict, by its words on the page."""
    officer.goto("/privacy/emergencies")
    while officer.locator("main .access a").count():
        officer.locator("main .access a").first.click()
        officer.get_by_label(verdict, exact=True).check()
        officer.locator('textarea[name="words"]').fill("Проверка окончена: записи были нужны")
        officer.locator("main form button").click()
        officer.wait_for_url(re.compile("/privacy/emergencies$"))
