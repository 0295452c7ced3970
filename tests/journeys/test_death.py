"""A registrar records a death: whoever is signed in as that person is out, and is told why; undone, they come in again and read of it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from foundation.clock import today
from tests.journeys.cared_for import LOOKS, NAMES, REGISTRAR, add_card, cared_for
from tests.journeys.looking import Looked

TOLD = {"ru": "этот человек умер", "en": "this person has died"}
NEWS = {"ru": "зарегистрировали по ошибке", "en": "recorded by mistake"}


@pytest.fixture
def known(service):
    """`known(3)`: somebody in the registrar's care, and the number of their card."""

    def made(which: int):
        citizen = cared_for("death")[which]
        hint = {"en": "Will be said to have died", "ru": "О ком скажут, что умер"}
        return citizen, add_card(service.data_dir, citizen, f"dying-{which}", hint)

    return made


def open_death(desk: Page, snils: str) -> None:
    desk.locator('input[name="snils"]').fill(snils)
    desk.locator('form[role="search"] button').click()
    desk.locator('a[href*="/registry/patients/"]').click()
    desk.locator('a[href$="/death"]').click()


@pytest.mark.parametrize(
    ("which", "size", "language"), [(i, *each) for i, each in enumerate(LOOKS)], ids=NAMES
)
def test_a_death_is_recorded_and_undone(sign_in, known, which, size, language):
    citizen, card = known(which)
    looked = Looked("death", language)
    person = sign_in(card, size=size, language=language)
    person.wait_for_url("**/my")

    desk = sign_in(REGISTRAR, staff=True, size=size, language=language)
    open_death(desk, citizen.snils)
    looked.at(desk, "death-form")
    desk.locator('form[action$="/death"] button').click()
    expect(desk.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(desk, "death-form-empty")
    desk.locator('input[name="died_on"]').fill((today() - timedelta(days=1)).isoformat())
    desk.locator('select[name="document_kind"]').select_option("death_certificate")
    desk.locator('input[name="document_number"]').fill("II-РА 123456")
    desk.locator('input[name="in_hand"]').check()
    desk.locator('form[action$="/death"] button').click()
    expect(desk.locator('form[action$="/undoing"]')).to_be_visible()
    looked.at(desk, "death-recorded")

    person.goto("/my")
    expect(person).to_have_url(re.compile("/sign-in"))
    again = sign_in(card, size=size, language=language)
    expect(again.locator("main")).to_contain_text(TOLD[language])
    looked.at(again, "death-told")

    desk.locator('input[name="undo-reason"]').first.check()
    desk.locator('form[action$="/undoing"] button').click()
    expect(desk.locator('form[action$="/death"]')).to_be_visible()
    looked.at(desk, "death-undone")
    desk.locator(".nhsuk-back-link").click()
    looked.at(desk, "patient-of-undone-death")

    back = sign_in(card, size=size, language=language)
    back.wait_for_url("**/my")
    expect(back.locator("main")).to_contain_text(NEWS[language], timeout=20_000)
    looked.at(back, "home-after-undoing")
    assert looked.faults == []
