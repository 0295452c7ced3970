"""A labelled entry is seen by its author and not by a colleague, until the author takes the colleague into the treating team."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import faults_in_every_size

# The doctor and the feldsher of the village where the patient is treated.
AUTHOR, COLLEAGUE = "staff-0296", "staff-0313"
COLLEAGUE_NAME = re.compile("Zakirova|Закирова")
PATIENT, WRITTEN = "citizen-0005", "Громов"
WORDS = {
    "en": {
        "sentence": "if there are any, are shown to the treating team",
        "alone": "is told to its members alone",
        "taken": "The colleague is in the team now.",
        "ended": "This person is in the team no more.",
        "mark": "treating team only",
        "line": "Somebody was taken into your treating team",
    },
    "ru": {
        "sentence": "если они есть, видят только те, кто лечит",
        "alone": "известно только им самим",
        "taken": "Коллега добавлен к тем, кто лечит пациента.",
        "ended": "Сотрудник больше не лечит этого пациента.",
        "mark": "только тем, кто вас лечит",
        "line": "К тем, кто вас лечит, добавлен сотрудник",
    },
}


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def look(faults):
    """Look at a page on a phone and a desk: what is a barrier or cut off is a fault."""

    def looked(page: Page, name: str, language: str) -> None:
        faults.extend(faults_in_every_size("labels", page, name, language))

    return looked


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_colleague_sees_a_labelled_entry_while_in_the_treating_team(sign_in, look, faults, language):
    words = WORDS[language]
    author = _chart(sign_in(AUTHOR, staff=True, language=language))
    chart = author.url
    entry = _write(author)
    look(author, "entry", language)
    colleague = _chart(sign_in(COLLEAGUE, staff=True, language=language))

    assert entry not in colleague.content()
    assert colleague.goto(entry).status == 404
    colleague.goto(chart)
    expect(colleague.locator("main")).to_contain_text(words["sentence"])
    look(colleague, "chart", language)
    colleague.goto(f"{chart}/team")
    expect(colleague.locator("main")).to_contain_text(words["alone"])

    author.goto(f"{chart}/team")
    option = author.locator('select[name="member"] option').filter(has_text=COLLEAGUE_NAME)
    member = option.get_attribute("value")
    author.locator('select[name="member"]').select_option(member)
    author.locator('form[action$="/team"] button').click()
    expect(author.locator("body")).to_contain_text(words["taken"])
    look(author, "team", language)
    patient = sign_in(PATIENT, language=language)
    patient.goto("/my/team")
    expect(patient.locator("main")).to_contain_text(COLLEAGUE_NAME)
    look(patient, "own_team", language)
    author.goto(f"{chart}/entries/new")
    author.locator("form.note-form details summary").click()
    look(author, "by_hand", language)

    assert colleague.goto(entry).status == 200
    colleague.goto(chart)
    assert entry.rpartition("/")[2] in colleague.content()

    assert author.locator('form[action$="/team-end"]').count() == 0
    colleague.goto(f"{chart}/team")
    look(colleague, "member", language)
    colleague.locator(f'input[name="end-member"][value="{member}"]').check()
    colleague.locator('form[action$="/team-end"] button').click()
    expect(colleague.locator("body")).to_contain_text(words["ended"])
    assert colleague.goto(entry).status == 404

    patient.goto("/my/timeline")
    expect(patient.locator("main")).to_contain_text(words["mark"])
    look(patient, "timeline", language)
    patient.goto(f"/my/timeline/{entry.rpartition('/')[2]}")
    look(patient, "own_entry", language)
    patient.goto("/my/access")
    expect(patient.locator("main")).to_contain_text(words["line"])
    assert faults == []


def _chart(page: Page) -> Page:
    page.goto("/emr")
    page.locator('main [name="text"]').fill(WRITTEN)
    page.locator('main form button[type="submit"]').first.click()
    page.locator('main a[href*="/emr/patients/"]').first.click()
    page.wait_for_url(re.compile("/emr/patients/[0-9a-f-]{36}"))
    return page


def _write(page: Page) -> str:
    """A note about a depression, signed; where it is read."""
    page.locator('main a[href$="/entries/new"]').click()
    for name, text in {
        "complaints": "Плохой сон, подавленное настроение",
        "diagnosis_code": "F32.1",
        "diagnosis": "Депрессивный эпизод",
        "plan": "Наблюдение",
    }.items():
        page.locator(f'[name="{name}"]').fill(text)
    page.locator('main form[method="post"] button[type="submit"]').first.click()
    page.wait_for_url(re.compile("/signature"))
    entry = re.search(r"/emr/entries/[0-9a-f-]{36}", page.url)[0]
    page.locator('form[action$="/signature"] button').first.click()
    page.wait_for_url(re.compile("/emr/patients/"))
    page.goto(entry)
    return entry
