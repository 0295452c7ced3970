"""Somebody who is signed in twice sees both, and signs out on the other device; by either language, on a phone and a desk."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.barriers import barriers_of, width_of
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.pictures import keep_picture

CITIZEN, DOCTOR = "citizen-0003", "staff-0230"


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("card", "first"), [(CITIZEN, "/my"), (DOCTOR, "/emr")])
def test_signing_out_on_another_device(sign_in, card, first, language):
    staff = card == DOCTOR
    here = sign_in(card, staff=staff, language=language)
    other = sign_in(card, staff=staff, language=language, size=PHONE)
    here.goto(first)

    here.locator('a[href$="/devices"]').first.click()
    expect(here.locator(".device").first).to_contain_text("Chrom")
    faults = []
    for size in (DESK, PHONE, SMALLEST):
        here.set_viewport_size(size)
        faults += [*barriers_of(here), *([size] if width_of(here) > size["width"] else [])]
        keep_picture(here, f"{'staff' if staff else 'citizen'}-devices", "list", language)
    assert faults == []

    here.set_viewport_size(DESK)
    here.locator('form[action$="/end"] button').first.click()
    expect(here.locator(".flash")).to_be_focused()
    if here.locator('form[action$="/ends"]').count():  # where journeys before have left others signed in
        here.locator('form[action$="/ends"] button').click()
    expect(here.locator(".device")).to_have_count(1)
    other.goto(first)
    expect(other).to_have_url(re.compile("/sign-in"))
