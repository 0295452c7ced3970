"""A registrar looks up an adult, enters the guardian by the document, and ends it again."""

import re
from datetime import timedelta
from functools import partial

import pytest
from playwright.sync_api import expect

from foundation.clock import today
from tests.journeys.cared_for import REGISTRAR, cared_for
from tests.journeys.looking import faults_in_every_size

_looked_at = partial(faults_in_every_size, "guardian")

WORDS = {"ru": "Опекун внесён", "en": "The guardian is entered"}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_guardian_is_entered_by_the_document_and_ended(sign_in, language):
    ward, guardian = cared_for("guardian")[:2] if language == "ru" else cared_for("guardian")[2:]
    page = sign_in(REGISTRAR, staff=True, language=language)
    faults = []

    page.goto("/registry")
    page.locator('input[name="snils"]').fill(ward.snils)
    page.locator('form[action*="searches"] button').click()
    page.locator('a[href*="/registry/patients/"]').first.click()
    page.locator('a[href$="/guardians"]').click()
    faults += _looked_at(page, "empty", language)
    page.locator("#snils").fill(guardian.snils)
    page.locator('input[value="authority_order"]').check()
    page.locator("#document_number").fill("77-А/2026")
    page.locator("#issuer").fill("Управление опеки и попечительства")
    page.locator("#issued_on").fill("2026-01-15")
    page.locator("#last_day").fill(str(today() + timedelta(days=300)))
    page.locator('input[value="incapacity"]').check()
    page.locator("#in_hand").check()
    page.locator('form[action$="/guardians"] button').click()
    expect(page.locator(".flash")).to_contain_text(WORDS[language])
    faults += _looked_at(page, "entered", language)

    page.locator('input[name="end-guardianship"]').check()
    page.locator('input[value="court_or_authority"]').check()
    page.locator('form[action$="/guardian-end"] button').click()
    expect(page.locator('form[action$="/guardian-end"]')).to_have_count(0)
    faults += _looked_at(page, "ended", language)
    assert re.search(r"/registry/patients/[0-9a-f-]+/guardians", page.url)
    assert faults == []
