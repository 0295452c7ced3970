"""A doctor takes a record out of the house for another hospital: a second factor is asked, the file comes, the patient reads why."""

import json
import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import faults_in_every_size
from tests.journeys.service import Service, running
from tests.journeys.test_passkeys import Device
from tests.journeys.waiting import press_with_scripts
from tests.ports import free_ports

# The doctor works where the patient with the broken wrist was treated.
PATIENT_CARD, WRITTEN = "citizen-0003", "Мельников"
DOCTOR_CARD = "staff-0230"
WORDS = {
    "en": {
        "add": "Add a passkey",
        "added": "The passkey is added.",
        "link": "Download for another hospital",
        "reason": "Another hospital is asked for advice",
        "missing": "Choose the reason.",
        "confirm": "Confirm that it is you",
        "done": "your browser saves it now",
        "back": "Back to where you were",
        "act": "The record was downloaded",
        "doctor": "Suvorova",
        "told": "Reason: Another hospital is asked for advice",
    },
    "ru": {
        "add": "Добавить ключ доступа",
        "added": "Ключ доступа добавлен.",
        "link": "Скачать для другой больницы",
        "reason": "Нужна консультация другой больницы",
        "missing": "Выберите причину.",
        "confirm": "Подтвердите, что это вы",
        "done": "браузер уже сохраняет его",
        "back": "Вернуться туда, где вы были",
        "act": "Скачали карту",
        "doctor": "Суворова",
        "told": "Причина: Нужна консультация другой больницы",
    },
}


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """At an address with a name: at a number browsers make no passkeys."""
    port = free_ports()
    folder = tmp_path_factory.mktemp("exports") / "data"
    with running(folder, port, PUBLIC_URL=f"http://localhost:{port}") as started:
        yield Service(f"http://localhost:{port}", started.data_dir, started.process)


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def look(faults):
    def looked(page: Page, name: str, language: str) -> None:
        faults.extend(faults_in_every_size("staff_export", page, name, language))

    return looked


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_record_leaves_the_house_and_its_patient_reads_it(sign_in, look, faults, language):
    words = WORDS[language]
    doctor = sign_in(DOCTOR_CARD, staff=True, language=language)
    Device(doctor)
    _add_passkey(doctor, words)
    _open_chart(doctor)
    chart = doctor.url
    doctor.get_by_role("link", name=words["link"]).click()
    look(doctor, "form", language)
    doctor.locator("main form button").click()
    expect(doctor.locator(".nhsuk-error-summary")).to_contain_text(words["missing"])
    look(doctor, "refused", language)
    doctor.get_by_label(words["reason"]).check()
    doctor.locator("main form button").click()
    expect(doctor.get_by_role("heading", level=1)).to_have_text(words["confirm"])
    look(doctor, "confirm", language)

    with doctor.expect_download() as coming:
        doctor.locator('form[data-behaviour="step_up"][data-attached] button').click()
    _is_the_record(coming.value)
    expect(doctor.locator("main")).to_contain_text(words["done"])
    expect(doctor.locator('form[data-behaviour="step_up"]')).to_be_hidden()
    look(doctor, "downloaded", language)
    doctor.get_by_role("link", name=words["back"]).click()
    assert doctor.url == f"{chart}/export"
    _end_passkey(doctor)

    patient = sign_in(PATIENT_CARD, language=language)
    patient.goto("/my/access")
    line = patient.locator(".access").filter(has_text=words["doctor"]).first
    expect(line).to_contain_text(words["act"])
    expect(line).to_contain_text(words["told"])
    look(patient, "access", language)
    assert faults == []


def _add_passkey(page: Page, words: dict[str, str]) -> None:
    page.goto("/staff/passkeys")
    page.get_by_role("link", name=words["add"]).click()
    press_with_scripts(page)
    expect(page.locator(".flash")).to_contain_text(words["added"])


def _end_passkey(page: Page) -> None:
    """It goes with this browser, so that the doctor comes with a new one in the other language."""
    page.goto("/staff/passkeys")
    page.locator('form[action$="/end"] button').click()
    expect(page.locator(".device")).to_have_count(0)


def _open_chart(page: Page) -> None:
    page.goto("/emr")
    page.locator('main input[name="text"]').fill(WRITTEN)
    page.locator("main form button").first.click()
    page.get_by_role("link", name=re.compile("Мельников|Melnikov")).click()


def _is_the_record(file) -> None:
    """A Bundle of this patient's, with a name that tells the day and nobody's."""
    bundle = json.loads(file.path().read_text(encoding="utf-8"))
    types = [each["resource"]["resourceType"] for each in bundle["entry"]]
    assert bundle["resourceType"] == "Bundle"
    assert types.count("Patient") == 1
    assert len(types) > 1
    assert re.fullmatch(r"record-(\d{4}-\d\d-\d\d)\.json", file.suggested_filename)
    assert date.fromisoformat(file.suggested_filename[7:17])
