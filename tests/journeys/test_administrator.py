"""A facility and its first nurse are entered, she is given a post and works; the facility closes, and she is signed out."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from foundation.clock import today
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.looking import Looked

ADMINISTRATOR = "staff-0324"
LOOKS = [(PHONE, "ru"), (DESK, "en"), (PHONE, "en"), (DESK, "ru")]
# Whom other journeys do not sign in as, for each look another; each has a post elsewhere already, so that they choose.
WORKERS = ("staff-0315", "staff-0316", "staff-0317", "staff-0318")
FACILITY = {
    "kind": "village_clinic",
    "name_ru": "Амбулатория проверки",
    "name_en": "Clinic of the check",
    "settlement_ru": "Проверкино",
    "settlement_en": "Proverkino",
}


def fill(page: Page, typed: dict[str, str]) -> None:
    for name, value in typed.items():
        field = page.locator(f'main [name="{name}"]')
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


@pytest.mark.parametrize(("which", "size", "language"), [(i, *each) for i, each in enumerate(LOOKS)])
def test_a_facility_opens_somebody_works_there_and_it_closes(sign_in, service, which, size, language):
    looked = Looked("administrator", language)
    name = _name_of(service, WORKERS[which])
    desk = sign_in(ADMINISTRATOR, staff=True, size=size, language=language)
    looked.at(desk, "desk")
    desk.locator('a[href$="/administration/facilities/new"]').click()
    desk.locator("main form button").click()
    expect(desk.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(desk, "facility-mistakes")
    fill(desk, {**FACILITY, "code": f"TRY-{which}"})
    desk.locator("main form button").click()
    desk.wait_for_url(re.compile("/administration/facilities/[0-9a-f-]{36}"))
    facility = desk.url
    looked.at(desk, "facility")

    desk.goto("/administration")
    fill(desk, {"words": name})
    desk.locator('form[role="search"] button').click()
    looked.at(desk, "found")
    desk.locator("main .panel__list a").first.click()
    desk.wait_for_url(re.compile("/administration/staff/[0-9a-f-]{36}"))
    given = {"role": "nurse", "first_day": today().isoformat(), "reason": "Приказ № 7"}
    fill(desk, {"facility": facility.rpartition("/")[2], **given})
    desk.locator('form[action$="/posts"] button').click()
    expect(desk.locator(".flash")).to_be_visible()
    expect(desk.get_by_role("cell", name="Приказ № 7")).to_be_visible()
    looked.at(desk, "member")

    worker = sign_in(WORKERS[which], staff=True, size=size, language=language)
    worker.get_by_text(FACILITY[f"name_{language}"]).click()
    worker.locator("main form button").last.click()
    worker.wait_for_url("**/emr")

    desk.goto(facility)
    desk.locator("summary").last.click()
    desk.locator('[name="closing-reason"]').fill("Проверка окончена")
    desk.locator('[name="closing-sure"]').check()
    looked.at(desk, "closing")
    desk.locator('form[action$="/closing"] button').click()
    expect(desk.locator(".flash")).to_be_visible()
    looked.at(desk, "closed")
    worker.reload()

    expect(worker).to_have_url(re.compile("/staff/sign-in"))
    assert looked.faults == []


def _name_of(service, card: str) -> str:
    """As the demo provider knows the person, whole: others bear the same family name."""
    people = json.loads((service.data_dir / "demo" / "people.json").read_text())
    (person,) = [each for each in people if each["sub"] == card]
    return " ".join(person[name] for name in ("family_name", "given_name", "middle_name"))
