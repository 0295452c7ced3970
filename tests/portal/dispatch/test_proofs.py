"""A citizen takes along how their own referral was dealt with; a stranger's is as absent as one that never was."""

from uuid import uuid4

import pytest

from tests.dispatch_backend.proofs.reading_pdf import attached_lines, seals_that_chain
from tests.pages import read


def test_from_the_referral_to_the_page_and_to_the_file(desk, patient, browser, walls):
    referral_id = desk.sent(patient)
    desk.booked(referral_id, desk.slot())

    overview = browser.get("/my/dispatch")
    page = browser.get(f"/my/referrals/{referral_id}/proof")
    file = browser.get(f"/my/referrals/{referral_id}/proof/document")

    assert f'href="/my/referrals/{referral_id}/proof"' in overview.text
    assert page.status_code == 200
    words = read(page)
    for told in ("A time within the legal term is booked", "Doctor, Polyclinic", "Dispatcher, Polyclinic"):
        assert told in words
    assert f'href="/my/referrals/{referral_id}/proof/document"' in page.text
    assert len(seals_that_chain(attached_lines(file.data))) == 2


def test_both_are_told_in_russian_too(desk, patient, browser):
    browser.set_cookie("language", "ru")
    words = read(browser.get(f"/my/referrals/{desk.sent(patient)}/proof"))

    assert "Законный срок ещё не истёк" in words
    assert "14 рабочих дней" in words
    assert "Проверено событий: 1. Контрольные суммы сходятся" in words


@pytest.mark.parametrize("part", ["", "/document"])
def test_a_stranger_s_is_as_absent_as_one_that_never_was(desk, browser, part, walls):
    foreign, absent = (
        browser.get(f"/my/referrals/{each}/proof{part}") for each in (desk.sent(desk.patient()), uuid4())
    )

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert read(foreign) == read(absent)


def test_one_s_own_openings_are_told_too(desk, patient, browser):
    referral_id = desk.sent(patient)
    browser.get(f"/my/referrals/{referral_id}/proof")
    browser.get(f"/my/referrals/{referral_id}/proof/document")

    log = read(browser.get("/my/access?whose=own"))

    assert "The proof of how a referral was dealt with was opened" in log
    assert "The proof of how a referral was dealt with was downloaded" in log
