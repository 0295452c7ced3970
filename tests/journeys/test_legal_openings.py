"""The privacy officer enters what the region's law opens: a radiologist reads by it, the citizen is told which law, and it ends."""

from functools import partial

import pytest
from playwright.sync_api import expect

from demo.region import Size, make_region
from tests.journeys.looking import faults_in_every_size

_looked_at = partial(faults_in_every_size, "legal_openings")

REGISTER = "/privacy/legal-openings"
# Where to look for somebody in nobody's care at the radiologist's hospital.
CITIZENS = range(20, 30)
BASIS = {
    "ru": "Закон области № 7-РЗ, статья 3 (лучевые исследования)",
    "en": "Act of the region 7-RZ, article 3 (imaging)",
}
WORDS = {
    "ru": {"in_force": "Действует", "why": "это открывает закон области", "over": "Больше не действует"},
    "en": {"in_force": "In force", "why": "the region’s law opens this", "over": "Over"},
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_law_is_entered_read_by_told_to_the_citizen_and_ended(sign_in, language):
    words = WORDS[language]
    officer = sign_in("staff-0323", staff=True, language=language)
    radiologist = sign_in("staff-0316", staff=True, language=language)
    number, studies = _unknown_to(radiologist)

    officer.goto(REGISTER)
    faults = _looked_at(officer, "before", language)
    officer.locator("main form button").last.click()
    expect(officer.locator(".nhsuk-error-summary")).to_be_visible()
    faults += _looked_at(officer, "refused", language)
    _enter(officer)
    expect(officer.locator("main table")).to_contain_text(words["in_force"])
    faults += _looked_at(officer, "entered", language)
    officer.goto("/privacy/policy")
    expect(officer.locator("main table").last).to_contain_text(BASIS[language])
    faults += _looked_at(officer, "policy", language)

    opened = radiologist.goto(studies).status
    faults += _looked_at(radiologist, "read", language)
    citizen = sign_in(f"citizen-{number:04}", language=language)
    citizen.goto("/my/access")
    expect(citizen.locator("main")).to_contain_text(f"{words['why']}: {BASIS[language]}")
    faults += _looked_at(citizen, "told", language)
    citizen.goto("/my/closures")
    faults += _looked_at(citizen, "closures", language)

    officer.goto(REGISTER)
    officer.locator(f'main table a[href^="{REGISTER}/"]').first.click()
    faults += _looked_at(officer, "one", language)
    officer.locator('input[name="reason"]').fill("Проверка окончена")
    officer.locator("main form button").last.click()
    expect(officer.locator("main table")).not_to_contain_text(words["in_force"])
    expect(officer.locator("main table")).to_contain_text(words["over"])
    officer.locator(f'main table a[href^="{REGISTER}/"]').first.click()
    faults += _looked_at(officer, "ended", language)

    assert (opened, radiologist.goto(studies).status) == (200, 404)
    assert faults == []


def _unknown_to(radiologist):
    """The number of the first citizen whom the radiologist does not find, and where their studies would be."""
    citizens = make_region(Size.of(1.0)).citizens
    for number in CITIZENS:
        studies = f"/emr/reading/{citizens[number - 1].id}"
        if radiologist.goto(studies).status == 404:
            return number, studies
    raise AssertionError("The hospital cares for everybody.")


def _enter(officer):
    officer.goto(REGISTER)
    officer.locator('select[name="role"]').select_option("radiologist")
    officer.locator('select[name="thing"]').select_option("images")
    officer.locator('select[name="facility"]').select_option("everywhere")
    for language, basis in BASIS.items():
        officer.locator(f'input[name="basis_{language}"]').fill(basis)
    today = officer.evaluate("new Date().toLocaleDateString('sv', {timeZone: 'Asia/Yekaterinburg'})")
    officer.locator('input[name="first_day"]').fill(today)
    officer.locator("main form button").last.click()
