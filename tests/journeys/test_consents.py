"""The person's own hand on what is kept about them: what they agree to, a copy of it, what may be erased, who may not look."""

import json
import re
import zipfile
from functools import partial

import pytest
from playwright.sync_api import expect

from demo.region import Size, make_region
from tests.journeys.looking import faults_in_every_size

_looked_at = partial(faults_in_every_size, "consents")

# Another citizen in each language, as what is answered stays.
CITIZENS = {"ru": "citizen-0009", "en": "citizen-0010"}
WORDS = {
    "en": {
        "agree": r"^I agree\s*: Research",
        "agreed": "You agree.",
        "no_more": r"^I no longer agree\s*: Research",
    },
    "ru": {
        "agree": r"^Согласен \(согласна\)\s*: Научные",
        "agreed": "Вы согласны.",
        "no_more": r"^Больше не согласен \(не согласна\)\s*: Научные",
    },
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_consent_is_given_and_taken_back(sign_in, language):
    words = WORDS[language]
    page = sign_in(CITIZENS[language], language=language)
    faults = []

    page.locator('main a[href="/my/consents"]').click()
    faults += _looked_at(page, "never asked", language)
    page.get_by_role("button", name=re.compile(words["agree"])).click()
    expect(page.locator("main")).to_contain_text(words["agreed"])
    faults += _looked_at(page, "given", language)
    page.get_by_role("button", name=re.compile(words["no_more"])).click()
    expect(page.locator("main")).not_to_contain_text(words["agreed"])
    expect(page.locator(".notices__item")).to_have_count(2)
    faults += _looked_at(page, "taken_back", language)
    assert faults == []


@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_copy_of_everything_is_taken_and_opened(sign_in, language, tmp_path):
    page = sign_in(CITIZENS[language], language=language)
    page.locator('main a[href="/my/copy"]').click()
    faults = _looked_at(page, "copy", language)

    with page.expect_download() as taken:
        page.locator('a[href="/my/copy.zip"]').click()
    taken.value.save_as(tmp_path / "copy.zip")

    with zipfile.ZipFile(tmp_path / "copy.zip") as copy:
        assert copy.testzip() is None
        copy.extractall(tmp_path)
        assert json.loads(copy.read("record.json"))["resourceType"] == "Bundle"
    page.goto((tmp_path / "index.html").as_uri())
    expect(page.locator(f'section[lang="{language}"] h1')).to_be_visible()
    for link in page.locator("dt a").all():
        assert (tmp_path / (link.get_attribute("href") or "")).is_file()
    assert faults == []


ERASURE = {
    "en": {
        "sent": "Received, not answered yet",
        "kept": "Nothing is erased: the law has it kept",
        "answered": "Answered: the law has it kept",
        "send": "Send the answer",
    },
    "ru": {
        "sent": "Получено, ответа ещё нет",
        "kept": "Ничего не удаляется: закон требует хранить",
        "answered": "Ответ дан: закон требует хранить",
        "send": "Отправить ответ",
    },
}


@pytest.mark.parametrize("language", ["ru", "en"])
def test_erasure_is_asked_for_and_answered(sign_in, language):
    words = ERASURE[language]
    here = sign_in(CITIZENS[language], language=language)
    here.locator('main a[href="/my/erasure"]').click()
    faults = _looked_at(here, "erasure", language)
    here.locator("#words").fill("Удалите, пожалуйста, всё.")
    here.locator("main form button").last.click()
    expect(here.locator("main")).to_contain_text(words["sent"])
    faults += _looked_at(here, "erasure_asked", language)

    desk = sign_in("staff-0323", staff=True, language=language)
    desk.goto("/privacy/erasures")
    faults += _looked_at(desk, "erasure_desk", language)
    desk.locator("main .access__name a").last.click()
    faults += _looked_at(desk, "erasure_to_answer", language)
    desk.get_by_label(words["kept"]).check()
    desk.locator("#words").fill("Карту закон требует хранить 25 лет; остальное проверено.")
    desk.get_by_role("button", name=words["send"]).click()
    desk.goto("/staff/retention")
    faults += _looked_at(desk, "retention", language)

    here.reload()
    expect(here.locator("main")).to_contain_text(words["answered"])
    faults += _looked_at(here, "erasure_answered", language)
    assert faults == []


CLOSING = {
    "en": {
        "close": r"^Close my record to this clinic",
        "closed": "Closed: nobody there sees your record.",
        "although": "You had closed your record to this clinic.",
        "open": r"^Open again",
        "opened": "Open again. The hospital sees the record, unless its right to has ended by itself meanwhile.",
    },
    "ru": {
        "close": r"^Закрыть мою карту для этой больницы",
        "closed": "Закрыта: там никто не видит вашу карту.",
        "although": "Вы закрыли свою карту для этой больницы.",
        "open": r"^Снова открыть",
        "opened": "Снова открыто. Больница видит карту",
    },
}


# Who was treated at a hospital where they are not registered, and a doctor there: others in each language, as an emergency lasts.
TREATED = {"ru": (16, "staff-0010"), "en": (17, "staff-0010")}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_record_is_closed_to_a_clinic_opened_in_an_emergency_and_opened_again(sign_in, language):
    words, (number, doctor) = CLOSING[language], TREATED[language]
    person = make_region(Size.of(1.0)).citizens[number - 1]
    here = sign_in(f"citizen-{number:04}", language=language)
    there = sign_in(doctor, staff=True, language=language)
    chart = f"/emr/patients/{person.id}"
    assert there.goto(chart).status == 200

    here.locator('main a[href="/my/closures"]').click()
    faults = _looked_at(here, "closures", language)
    here.get_by_role("button", name=re.compile(words["close"])).first.click()
    expect(here.locator("main")).to_contain_text(words["closed"])
    faults += _looked_at(here, "closed", language)
    assert there.goto(chart).status == 404

    _open_in_an_emergency(there, person)
    assert there.goto(chart).status == 200
    here.goto("/my/access")
    expect(here.locator("main")).to_contain_text(words["although"])
    faults += _looked_at(here, "although_closed", language)

    here.goto("/my/closures")
    here.get_by_role("button", name=re.compile(words["open"])).first.click()
    expect(here.locator("body")).to_contain_text(words["opened"])
    assert faults == []


def _open_in_an_emergency(there, person):
    there.goto("/emr")
    there.get_by_role("link", name=re.compile("Somebody is in danger|Человек в опасности")).click()
    there.locator('input[name="snils"]').fill(person.snils)
    there.locator('input[name="birth_date"]').fill(str(person.birth_date))
    there.locator('input[name="reason"]').first.check()
    there.locator('textarea[name="words"]').fill("Проверка: доставлен без сознания")
    there.locator("main form button").click()
    expect(there.locator(".emergency").first).to_be_visible()
