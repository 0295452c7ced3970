"""Somebody enters their e-mail address, confirms it by the link, chooses to be told of sign-ins, and is told of the next one."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.cared_for import REGISTRAR, cared_for
from tests.journeys.looking import faults_in_every_size
from tests.waiting import eventually

# Each language is somebody else's; a desk is staff's.
CITIZENS = {"ru": "citizen-0005", "en": "citizen-0006"}
STAFF = {"ru": "staff-0125", "en": "staff-0002"}
LINK = re.compile(r"http://\S+/contact/\S+")
SIGNED_IN = {"ru": "вошли", "en": "Somebody has signed in"}
CONFIRMED = {"ru": "Подтверждено", "en": "Confirmed"}


def newest_letter(mail, address, words):
    """The letter to this address that says so, once it is there."""
    found = lambda: [each for each in mail.to(address) if words in each.words]  # noqa: E731
    eventually(found, within_s=30)
    return found()[-1].words


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("side", ["citizen", "staff"])
def test_an_address_is_confirmed_and_told_of_the_next_sign_in(mail, sign_in, open_page, side, language):
    staff = side == "staff"
    card = (STAFF if staff else CITIZENS)[language]
    address = f"{card}@example.ru"
    page = sign_in(card, staff=staff, language=language)
    faults = []

    page.locator('a[href$="/devices"]').first.click()
    page.locator('a[href$="/contact"]').click()
    faults += _looked_at(page, side, "empty", language)
    page.locator("#email").fill("nobody")
    page.locator('form[action$="/email"] button').click()
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    faults += _looked_at(page, side, "wrong", language)
    page.locator('input[name="email"]').fill(address)
    page.locator('form[action$="/email"] button').click()
    expect(page.locator(".flash")).to_be_visible()
    faults += _looked_at(page, side, "waiting", language)

    reader = open_page(language=language)
    reader.goto(LINK.search(newest_letter(mail, address, "/contact/"))[0])
    faults += _looked_at(reader, side, "link", language)
    reader.locator("main form button").click()
    faults += _looked_at(reader, side, "link-confirmed", language)

    page.reload()
    expect(page.locator("main")).to_contain_text(CONFIRMED[language])
    page.locator('input[name="wanted"][value="yes"]').check()
    page.locator('form[action$="/choice"] button').click()
    expect(page.locator('input[name="wanted"][value="yes"]')).to_be_checked()
    faults += _looked_at(page, side, "chosen", language)

    sign_in(card, staff=staff, language=language)
    assert "Chrom" in newest_letter(mail, address, SIGNED_IN[language])
    assert faults == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_registrar_enters_them_for_somebody_who_stands_there(mail, sign_in, language):
    patient = cared_for("contact")[0 if language == "ru" else 1]
    page = sign_in(REGISTRAR, staff=True, language=language)
    faults = []
    page.goto("/registry")
    page.locator('input[name="snils"]').fill(patient.snils)
    page.locator('form[action*="searches"] button').click()
    page.locator('a[href*="/registry/patients/"]').first.click()
    page.locator('a[href$="/contact"]').click()

    page.locator('input[name="email"]').fill(f"desk-{language}@example.ru")
    page.locator(f'input[name="language"][value="{language}"]').check()
    page.locator('form[action$="/email"] button').click()
    page.locator('input[name="phone"]').fill("8 912 345-67-89")
    page.locator('form[action$="/phone"] button').click()
    faults += _looked_at(page, "registrar", "entered", language)
    page.locator('form[action$="/confirmation"] button').click()
    expect(page.locator('form[action$="/confirmation"]')).to_have_count(0)
    faults += _looked_at(page, "registrar", "confirmed", language)

    assert "/contact/" in newest_letter(mail, f"desk-{language}@example.ru", "/contact/")
    assert faults == []


def _looked_at(page, side, name, language):
    return faults_in_every_size(f"{side}-contact", page, name, language)
