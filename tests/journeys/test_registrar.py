"""Somebody whose record was not found asks for it, and is linked at the registrar's desk; or types a code given in person."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.cared_for import LOOKS, NAMES, REGISTRAR, add_card, cared_for
from tests.journeys.looking import Looked
from tests.people import new_snils


@pytest.fixture
def mistaken(service):
    """`mistaken(3)`: somebody in the registrar's care, and the number of a card of theirs with another SNILS."""

    def made(which: int):
        citizen = cared_for("registrar")[which]
        hint = {"en": "Another SNILS", "ru": "Другой СНИЛС"}
        return citizen, add_card(service.data_dir, citizen, f"mistaken-{which}", hint, snils=new_snils())

    return made


def show_document(page: Page) -> None:
    page.locator('select[name="document_kind"]').select_option("passport")
    page.locator('input[name="document_number"]').fill("5301 123456")
    page.locator('input[name="in_hand"]').check()


@pytest.mark.parametrize(
    ("which", "size", "language"), [(i, *each) for i, each in enumerate(LOOKS)], ids=NAMES
)
def test_who_asked_is_linked_by_their_document_and_signs_in(sign_in, mistaken, which, size, language):
    citizen, card = mistaken(which)
    looked = Looked("registrar", language)
    person = sign_in(card, size=size, language=language)
    looked.at(person, "not-found")
    place = person.locator('select[name="facility"]')
    place.select_option(
        place.locator("option", has_text=getattr(citizen.home.name, language)).get_attribute("value")
    )
    person.locator('form[action$="/record-requests"] button').click()
    person.wait_for_url("**/record-requests/made")

    desk = sign_in(REGISTRAR, staff=True, size=size, language=language)
    looked.at(desk, "desk-waiting")
    desk.locator('a[href*="/registry/requests/"]').last.click()
    looked.at(desk, "request")
    desk.locator('form[action$="/link"] button').click()
    expect(desk.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(desk, "request-without-document")
    desk.locator('input[name="patient"]').first.check()
    show_document(desk)
    desk.locator('form[action$="/link"] button').click()
    desk.wait_for_url("**/registry")
    looked.at(desk, "desk-linked")

    again = sign_in(card, size=size, language=language)
    again.wait_for_url("**/my")
    expect(again.locator("h1")).to_be_visible()
    expect(again.locator("main")).to_contain_text(
        re.compile("An account was linked to your record|С вашей картой связали учётную запись"),
        timeout=20_000,
    )
    looked.at(again, "home-linked")
    assert looked.faults == []


@pytest.mark.parametrize(
    ("which", "size", "language"), [(i + len(LOOKS), *each) for i, each in enumerate(LOOKS)], ids=NAMES
)
def test_a_code_given_in_person_links_whoever_types_it(sign_in, mistaken, which, size, language):
    citizen, card = mistaken(which)
    looked = Looked("registrar", language)
    desk = sign_in(REGISTRAR, staff=True, size=size, language=language)
    desk.locator('input[name="snils"]').fill(citizen.snils)
    desk.locator('form[role="search"] button').click()
    looked.at(desk, "found")
    desk.locator('a[href*="/registry/patients/"]').click()
    looked.at(desk, "patient")
    show_document(desk)
    desk.locator('form[action$="/code"] button').click()
    code = desk.locator("#one-time-code").inner_text()
    looked.at(desk, "code")

    person = sign_in(card, size=size, language=language)
    person.locator('input[name="code-code"]').fill("1")
    person.locator('form[action$="/code"] button').click()
    expect(person.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(person, "wrong-code")
    person.locator('input[name="code-code"]').fill(code)
    person.locator('form[action$="/code"] button').click()
    person.wait_for_url("**/record-requests/linked")
    looked.at(person, "linked")

    again = sign_in(card, size=size, language=language)
    again.wait_for_url("**/my")
    desk.goto(desk.url.replace("/code", ""))
    looked.at(desk, "patient-linked")
    desk.locator('input[name="end-link"]').first.check()
    desk.locator('input[name="end-reason"]').first.check()
    desk.locator('form[action$="/link-end"] button').click()
    expect(desk.locator('input[name="end-link"]')).to_have_count(0)
    again.goto("/my")
    expect(again).to_have_url(re.compile("/sign-in"))
    assert looked.faults == []
