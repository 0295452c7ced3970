"""A doctor's way: find the patient, read the chart, write and sign a note, amend it, refer; the patient sees it all."""

import re
from uuid import uuid4

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

PATIENT_CARD, PATIENT, DOCTOR_CARD, DOCTOR = "citizen-0003", "Мельников", "staff-0230", "Суворова"


@pytest.fixture
def chart(sign_in) -> Page:
    """The chart of the patient, opened by the doctor who treated him."""
    page = sign_in(DOCTOR_CARD, staff=True)
    return _open_chart(page)


def _open_chart(page: Page) -> Page:
    page.goto("/emr")
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    page.get_by_role("link", name=re.compile(PATIENT)).first.click()
    expect(page).to_have_url(re.compile(r"/emr/patients/[0-9a-f-]{36}"))
    return page


def _write_note(page: Page, plan: str) -> None:
    page.locator('a[href$="/entries/new"]').first.click()
    page.locator('textarea[name="complaints"]').fill("Боль в запястье после нагрузки")
    page.locator('textarea[name="examination"]').fill("Отёка нет, движения в полном объёме")
    page.locator('input[name="diagnosis_code"]').fill("S52.5")
    page.locator('[name="diagnosis"]').fill("Последствия перелома")
    page.locator('textarea[name="plan"]').fill(plan)
    page.locator('main form[method="post"] button[type="submit"]').first.click()
    page.wait_for_load_state()


def _sign(page: Page) -> None:
    page.goto(re.sub(r"(/emr/entries/[0-9a-f-]{36}).*", r"\1/signature", page.url))
    page.locator('form[action$="/signature"] button[type="submit"]').click()
    page.wait_for_load_state()


def test_a_signed_note_reaches_the_patient_who_also_sees_who_looked(chart, sign_in):
    plan = f"Лечебная физкультура {uuid4().hex[:8]}"
    _write_note(chart, plan)
    entry = re.search(r"/emr/entries/([0-9a-f-]{36})", chart.url)
    assert entry, chart.url
    patient = sign_in(PATIENT_CARD)
    assert patient.goto(f"/my/timeline/{entry[1]}").status == 404

    _sign(chart)

    assert patient.goto(f"/my/timeline/{entry[1]}").status == 200
    expect(patient.locator("main")).to_contain_text(plan)
    patient.goto("/my/access")
    expect(patient.locator("main")).to_contain_text(DOCTOR)


def test_an_amended_note_tells_the_patient_why(chart, sign_in):
    _write_note(chart, "Наблюдение")
    entry = re.search(r"/emr/entries/([0-9a-f-]{36})", chart.url)[1]
    _sign(chart)
    chart.goto(f"/emr/entries/{entry}/edit")
    reason = f"Уточнён план {uuid4().hex[:6]}"
    chart.locator('textarea[name="plan"]').fill("Контроль через месяц")
    chart.locator('[name="reason"]').fill(reason)
    chart.locator('main form[method="post"] button[type="submit"]').first.click()
    chart.wait_for_load_state()
    chart.goto(f"/emr/entries/{entry}")
    _sign(chart)

    patient = sign_in(PATIENT_CARD)
    patient.goto(f"/my/timeline/{entry}")
    expect(patient.locator("main")).to_contain_text(reason)


def test_the_pages_of_writing_have_no_barriers(chart):
    _write_note(chart, "Наблюдение")
    entry = re.search(r"/emr/entries/([0-9a-f-]{36})", chart.url)[1]

    for address in (f"/emr/entries/{entry}", f"/emr/entries/{entry}/edit", f"/emr/entries/{entry}/signature"):
        chart.goto(address)
        assert [each["id"] for each in Axe().run(chart).response["violations"]] == [], address


def test_the_pictures_open_from_the_chart(chart):
    chart.locator('a[href*="/images/"]').first.click()

    expect(chart.locator('[data-state="drawn"]').first).to_be_visible(timeout=60_000)


def test_a_referral_from_the_chart_reaches_the_dispatcher(chart, sign_in):
    chart.locator('a[href$="/referrals/new"]').first.click()
    reason = f"Контроль сращения {uuid4().hex[:8]}"
    choices = chart.locator('select[name="service"] option').all()
    sent = False
    for choice in choices[1:]:
        chart.locator('select[name="service"]').select_option(choice.get_attribute("value"))
        chart.locator('[name="priority"]').first.wait_for(state="attached")
        _choose_planned(chart)
        chart.locator('input[name="diagnosis_code"]').fill("S52.5")
        chart.locator('textarea[name="reason"]').fill(reason)
        chart.locator('main form[method="post"] button[type="submit"]').click()
        chart.wait_for_load_state()
        sent = "/referrals" not in chart.url
        if sent:
            break
    assert sent, "one of the services must not have an open referral yet"

    dispatcher = sign_in("staff-0001", staff=True)
    dispatcher.goto("/dispatch")
    found = _find_in_queue(dispatcher, PATIENT)
    dispatcher.goto(found)
    expect(dispatcher.locator("main")).to_contain_text(PATIENT)


def _choose_planned(page: Page) -> None:
    if page.locator('select[name="priority"]').count():
        page.locator('select[name="priority"]').select_option("planned")
    else:
        page.locator('input[name="priority"][value="planned"]').check()


def _find_in_queue(page: Page, name: str) -> str:
    while True:
        row = page.locator("tr", has_text=name)
        if row.count():
            return row.first.locator('a[href*="/dispatch/referrals/"]').get_attribute("href")
        page.locator('a[href*="after="]').first.click()
        page.wait_for_load_state()


def test_another_facility_s_doctor_finds_nobody(sign_in):
    page = sign_in("staff-0125", staff=True)
    page.goto("/emr")
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()

    expect(page.locator("main")).to_contain_text("Nobody found")
