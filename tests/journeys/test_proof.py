"""How a referral was dealt with goes along as a file: from the desk and from the patient's own pages, with the same seals."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dispatch_backend.proofs.reading_pdf import attached_lines, seals_that_chain
from tests.journeys.conftest import PHONE
from tests.journeys.looking import faults_in_every_size

DISPATCHER, CITIZEN = "staff-0001", "citizen-0005"
WORDS = {
    "en": {"proof": "Proof for a complaint or an inspection", "file": "Download as a PDF file"},
    "ru": {"proof": "Справка для жалобы или проверки", "file": "Скачать в PDF"},
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_dispatcher_opens_the_proof_and_takes_it_along(sign_in, language):
    page = sign_in(DISPATCHER, staff=True, language=language)
    page.goto("/dispatch?step=book_again")
    page.locator('main a[href*="/dispatch/referrals/"]').first.click()

    page.get_by_role("link", name=WORDS[language]["proof"]).click()
    expect(page.locator(".proof__answer h2")).to_be_visible()
    faults = faults_in_every_size("proof", page, "dispatcher", language)

    assert faults == []
    assert seals_that_chain(attached_lines(_taken(page, language))) == _seals(page)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_citizen_takes_their_own_along_on_a_phone(sign_in, language):
    page = sign_in(CITIZEN, language=language, size=PHONE)
    page.goto("/my/dispatch")

    page.get_by_role("link", name=WORDS[language]["proof"]).first.click()
    expect(page.locator(".proof__answer h2")).to_be_visible()
    faults = faults_in_every_size("proof", page, "citizen", language)

    assert faults == []
    assert seals_that_chain(attached_lines(_taken(page, language))) == _seals(page)


def _taken(page: Page, language: str) -> bytes:
    with page.expect_download() as taken:
        page.get_by_role("link", name=WORDS[language]["file"]).click()
    assert taken.value.suggested_filename.startswith("R-")
    return Path(taken.value.path()).read_bytes()


def _seals(page: Page) -> list[str]:
    return page.locator(".proof__seals code").all_inner_texts()
