"""A patient hides an entry: a doctor of the same clinic sees it no more, but in an emergency, which the patient reads; then it is shown again."""

import re
from functools import partial

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import PHONE
from tests.journeys.judging import judge_all
from tests.journeys.looking import faults_in_every_size
from tests.journeys.waiting import reload_until_shown

_looked_at = partial(faults_in_every_size, "hiding")

# By language, for an emergency lasts: a patient with number and birthday, and a doctor of the clinic where they are registered.
PEOPLE = {
    "en": ("citizen-0001", "900-000-000 81", "1956-04-12", "staff-0068", re.compile("Каримов|Karimov")),
    "ru": ("citizen-0003", "900-000-002 83", "1988-07-15", "staff-0230", re.compile("Суворова|Suvorova")),
}
OFFICER_CARD = "staff-0323"
WORDS = {
    "en": {
        "verdict": "Justified",
        "hide": "Hide this entry",
        "read": "I have read what this means",
        "tick": "Tick the box",
        "hidden": "The entry is hidden.",
        "mark": "you hid this",
        "sentence": "and such as the patient has hidden, if there are any",
        "reason": "Life is in danger",
        "notice": "Somebody opened your record in an emergency",
        "although": "In an emergency it opens all the same",
        "show": "Show it again",
        "shown": "The entry is shown again",
        "over": "Shown again",
    },
    "ru": {
        "verdict": "Обоснованно",
        "hide": "Скрыть эту запись",
        "read": "что это значит",
        "tick": "Поставьте отметку",
        "hidden": "Запись скрыта.",
        "mark": "вы это скрыли",
        "sentence": "а также скрытые самим пациентом, если они есть",
        "reason": "Угроза жизни",
        "notice": "Вашу карту открыли в экстренном случае",
        "although": "В экстренном случае она всё равно открывается",
        "show": "Показать снова",
        "shown": "Запись снова видна",
        "over": "Показано снова",
    },
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_hidden_entry_opens_in_an_emergency_alone_until_it_is_shown_again(sign_in, language):
    words, (card, snils, born, doctor_card, doctor_name) = WORDS[language], PEOPLE[language]
    patient = sign_in(card, language=language, **({"size": PHONE} if language == "ru" else {}))
    doctor = sign_in(doctor_card, staff=True, language=language)
    own = _written_by_another(patient, doctor, doctor_name)
    entry = _at_the_desk(own)
    chart = doctor.locator('a[href^="/emr/patients/"]').first.get_attribute("href")

    faults = _hide(patient, own, words, language)
    assert doctor.goto(entry).status == 404
    faults += _show(patient, own, words, language)
    assert doctor.goto(entry).status == 200
    _press_hide(patient, own, words)

    doctor.goto(chart)
    expect(doctor.locator("main")).to_contain_text(words["sentence"])
    assert entry not in doctor.content()
    faults += _looked_at(doctor, "chart", language)
    faults += _in_an_emergency(doctor, snils, born, words, language)
    assert doctor.goto(entry).status == 200

    patient.goto("/my")
    reload_until_shown(patient, patient.locator(".notices").get_by_text(words["notice"]).first)
    patient.goto("/my/access")
    expect(patient.locator("main")).to_contain_text(words["although"])
    faults += _looked_at(patient, "access", language)
    faults += _show(patient, own, words, language)
    judge_all(sign_in(OFFICER_CARD, staff=True, language=language), words["verdict"])
    assert faults == []


def _at_the_desk(own: str) -> str:
    return f"/emr/entries/{own.rpartition('/')[2]}"


def _written_by_another(patient: Page, doctor: Page, doctor_name: re.Pattern[str]) -> str:
    """The newest entry that the doctor reads and has not written."""
    patient.goto("/my/timeline")
    for link in patient.locator(".entry__link").all():
        own = link.get_attribute("href")
        assert doctor.goto(_at_the_desk(own)).status == 200
        if not doctor_name.search(doctor.locator("main").inner_text()):
            return own
    raise AssertionError("the doctor has written everything")


def _in_an_emergency(doctor: Page, snils: str, born: str, words: dict[str, str], language: str) -> list[str]:
    doctor.locator('main a[href$="/staff/emergencies/new"]').click()
    faults = _looked_at(doctor, "emergency", language)
    doctor.locator('input[name="snils"]').fill(snils)
    doctor.locator('input[name="birth_date"]').fill(born)
    doctor.get_by_label(words["reason"]).check()
    doctor.locator('textarea[name="words"]').fill("Проверка окончена: нужны все записи")
    doctor.locator('input[name="withheld"]').check()
    doctor.locator("main form button").click()
    doctor.wait_for_url(re.compile("/emr/patients/"))
    return faults


def _show(patient: Page, own: str, words: dict[str, str], language: str) -> list[str]:
    patient.goto(own)
    patient.get_by_role("button", name=words["show"]).click()
    expect(patient.locator("body")).to_contain_text(words["shown"])
    patient.goto("/my/hidings")
    expect(patient.locator("main")).to_contain_text(words["over"])
    return _looked_at(patient, "over", language)


def _hide(patient: Page, own: str, words: dict[str, str], language: str) -> list[str]:
    patient.goto(own)
    faults = _looked_at(patient, "entry", language)
    patient.get_by_role("link", name=words["hide"]).click()
    faults += _looked_at(patient, "meaning", language)
    patient.get_by_role("button", name=words["hide"]).click()
    expect(patient.locator(".nhsuk-error-summary")).to_contain_text(words["tick"])
    faults += _looked_at(patient, "refused", language)
    _press_hide(patient, own, words)
    faults += _looked_at(patient, "hidden", language)
    patient.goto("/my/timeline")
    expect(patient.locator("main")).to_contain_text(words["mark"])
    faults += _looked_at(patient, "timeline", language)
    patient.goto("/my/hidings")
    faults += _looked_at(patient, "list", language)
    return faults


def _press_hide(patient: Page, own: str, words: dict[str, str]) -> None:
    patient.goto(f"{own}/hiding")
    patient.get_by_label(re.compile(words["read"])).check()
    patient.get_by_role("button", name=words["hide"]).click()
    expect(patient.locator("body")).to_contain_text(words["hidden"])
