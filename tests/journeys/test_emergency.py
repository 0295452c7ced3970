"""A doctor opens a stranger's record in an emergency; the patient hears of it, the privacy officer judges it, and it is over."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.judging import judge_all
from tests.journeys.looking import faults_in_every_size
from tests.journeys.waiting import reload_until_shown

# The doctor works in another town than the patient lives and was treated in.
DOCTOR_CARD, OFFICER_CARD = "staff-0125", "staff-0323"
PATIENT_CARD, SNILS, BORN = "citizen-0006", "900-000-005 86", "1968-03-08"
# Without what is typed by people: words of the pages, by language.
WORDS = {
    "en": {
        "link": "Somebody is in danger",
        "banner": "Opened in an emergency.",
        "patient": "Vorontsova",
        "reason": "Life is in danger",
        "notice": "Somebody opened your record in an emergency",
        "why": "It was opened in an emergency",
        "waits": "waits for your verdict",
        "verdict": "Justified",
        "empty": "Nothing waits for a verdict.",
        "judged": "was found justified",
    },
    "ru": {
        "link": "Человек в опасности",
        "banner": "Карта открыта в экстренном случае.",
        "patient": "Воронцова",
        "reason": "Угроза жизни",
        "notice": "Вашу карту открыли в экстренном случае",
        "why": "открыли в экстренном случае",
        "waits": "ждёт вашего решения",
        "verdict": "Обоснованно",
        "empty": "Решений никто не ждёт.",
        "judged": "признано обоснованным",
    },
}
HAPPENED = "Проверка окончена: доставлена без сознания"
JUDGED = "Проверка окончена: карта была нужна сразу"


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def look(faults):
    """Look at a page on a desk and a phone: what is a barrier or cut off is a fault."""

    def looked(page: Page, name: str, language: str) -> None:
        faults.extend(faults_in_every_size("emergency", page, name, language))

    return looked


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_record_is_opened_in_an_emergency_and_answered_for(sign_in, look, faults, language):
    words = WORDS[language]
    # Other journeys may have left what waits.
    judge_all(sign_in(OFFICER_CARD, staff=True, language=language), words["verdict"])
    doctor = sign_in(DOCTOR_CARD, staff=True, language=language)
    _open(doctor, words, look, language)
    for address in _pages_of_the_record(doctor):
        doctor.goto(address)
        expect(doctor.locator(".emergency")).to_contain_text(words["banner"])
    look(doctor, "last_page", language)

    patient = sign_in(PATIENT_CARD, language=language)
    patient.goto("/my")
    reload_until_shown(patient, patient.locator(".notices").get_by_text(words["notice"]).first)
    look(patient, "home", language)
    patient.goto("/my/access")
    expect(patient.locator("main")).to_contain_text(words["why"])
    expect(patient.locator("main")).to_contain_text(HAPPENED)
    look(patient, "access", language)

    officer = sign_in(OFFICER_CARD, staff=True, language=language)
    look(officer, "officer", language)
    officer.get_by_role("link", name=re.compile(words["waits"])).click()
    look(officer, "queue", language)
    officer.locator(".access a").first.click()
    expect(officer.locator("main")).to_contain_text(HAPPENED)
    look(officer, "verdict", language)
    officer.get_by_label(words["verdict"], exact=True).check()
    officer.locator('textarea[name="words"]').fill(JUDGED)
    officer.locator("main form button").click()
    expect(officer.locator("main")).to_contain_text(words["empty"])
    look(officer, "judged", language)

    patient.reload()
    expect(patient.locator("main")).to_contain_text(re.compile(words["judged"]))
    expect(patient.locator("main")).to_contain_text(JUDGED)
    assert faults == []


def _open(page: Page, words: dict[str, str], look, language: str) -> None:
    page.get_by_role("link", name=re.compile(words["link"])).click()
    look(page, "form", language)
    page.locator("main form button").click()
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    look(page, "form_refused", language)
    page.locator('input[name="snils"]').fill(SNILS)
    page.locator('input[name="birth_date"]').fill(BORN)
    page.get_by_label(words["reason"]).check()
    page.locator('textarea[name="words"]').fill(HAPPENED)
    page.locator("main form button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(words["patient"])
    expect(page.locator(".emergency")).to_contain_text(words["banner"])
    expect(page.locator(".emergency [data-minutes]")).to_have_text(re.compile("^(60|59)$"))
    look(page, "chart", language)


def _pages_of_the_record(chart: Page) -> list[str]:
    """One address of every kind that the chart leads to, the images last."""
    own = chart.url.rpartition("/emr/")[2].split("#")[0].split("?")[0]
    kinds = (f'a[href*="{own}/entries/new"]', f'a[href*="{own}/referrals/new"]', 'a[href^="/emr/entries/"]')
    found = [chart.locator(kind).first.get_attribute("href") for kind in (*kinds, 'a[href*="/images/"]')]
    assert all(found)
    return [each for each in found if each]
