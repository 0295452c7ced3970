"""A doctor's way: find the patient, read the chart, write and sign a note, amend it, refer; the patient sees it all."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Page, Route, expect

from tests.identity.journeys import STAFF_COOKIE
from tests.journeys.barriers import barriers_of
from tests.journeys.waiting import reload_until_shown

# The doctor works where the patient with the broken wrist was treated.
# As they are written, and as readers of English read them.
PATIENT_CARD, WRITTEN, PATIENT = "citizen-0003", "Мельников", "Melnikov"
DOCTOR_CARD, DOCTOR = "staff-0230", "Suvorova"
STRANGER_CARD = "staff-0125"
SERVICE = "Ophthalmologist"


@pytest.fixture
def chart(sign_in) -> Page:
    """The patient's chart, found by name."""
    page = sign_in(DOCTOR_CARD, staff=True)
    _search(page)
    page.get_by_role("link", name=re.compile(PATIENT)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(PATIENT)
    return page


def test_a_signed_note_reaches_the_patient_who_also_sees_who_looked(chart, sign_in):
    plan = _unlike_any("Лечебная физкультура")
    patient = sign_in(PATIENT_CARD)

    _write(chart, plan)
    expect(chart.get_by_role("heading", level=1)).to_have_text("Read and sign")
    expect(chart.locator("main")).to_contain_text(plan)
    entry = _entry_of(chart)
    assert patient.goto(f"/my/timeline/{entry}").status == 404
    chart.get_by_role("button", name="Sign", exact=True).click()

    expect(chart.get_by_text("Signed. The patient sees it now.")).to_be_visible()
    patient.goto("/my/timeline")
    patient.locator(f'main a[href="/my/timeline/{entry}"]').click()
    expect(patient.locator("main")).to_contain_text(plan)
    expect(patient.get_by_text(re.compile(f"Signed by {DOCTOR}"))).to_be_visible()
    patient.goto("/my")
    reload_until_shown(patient, patient.locator(f'.notices a[href="/my/timeline/{entry}"]'))
    patient.goto("/my/access")
    doctor = patient.locator(".access").filter(has_text=DOCTOR).first
    expect(doctor).to_contain_text("Saraktash District Hospital")
    expect(doctor).to_contain_text("Your record was opened")


def test_a_note_that_is_not_signed_waits_on_the_chart_and_is_shown_to_nobody(chart, sign_in):
    plan = _unlike_any("Черновик")

    _write(chart, plan, sign=False)

    expect(chart.get_by_text("Saved. Only you see it until you sign it.")).to_be_visible()
    entry = _entry_of(chart)
    chart.get_by_role("link", name="Back to the chart").click()
    expect(chart.get_by_text("You have not signed yet:")).to_be_visible()
    assert sign_in(PATIENT_CARD).goto(f"/my/timeline/{entry}").status == 404


def test_a_signed_note_is_amended_with_a_reason_that_the_patient_reads(chart, sign_in):
    first_plan, second_plan, reason = (_unlike_any(each) for each in ("Покой", "Упражнения", "Уточнение"))
    _write(chart, first_plan)
    entry = _entry_of(chart)
    chart.get_by_role("button", name="Sign", exact=True).click()
    chart.goto(f"/emr/entries/{entry}")

    chart.get_by_role("link", name="Amend").click()
    chart.get_by_label("Plan").fill(second_plan)
    chart.get_by_role("button", name="Save and go on to sign").click()
    expect(chart.locator(".nhsuk-error-summary")).to_contain_text("only be changed with a reason")
    expect(chart.get_by_label("Plan")).to_have_value(second_plan)
    chart.get_by_label("Why is the signed note changed?").fill(reason)
    chart.get_by_role("button", name="Save and go on to sign").click()
    chart.get_by_role("button", name="Sign", exact=True).click()

    patient = sign_in(PATIENT_CARD)
    patient.goto(f"/my/timeline/{entry}")
    expect(patient.locator(".nhsuk-inset-text")).to_contain_text(reason)
    expect(patient.get_by_text(second_plan)).to_be_visible()
    patient.locator("summary").filter(has_text="Version 1").click()
    expect(patient.get_by_text(first_plan)).to_be_visible()


def test_what_is_wrong_is_said_no_larger_than_what_it_is_about(chart):
    chart.locator('a[href$="/referrals/new"]').click()
    chart.locator('main form[method="post"] button').last.click()

    sizes = [
        chart.locator(f"main form .nhsuk-{each}").first.evaluate("words => getComputedStyle(words).fontSize")
        for each in ("label", "error-message")
    ]

    assert sizes[0] == sizes[1]


def test_what_was_typed_survives_a_mistake(chart):
    chart.get_by_role("link", name="Write a note").click()
    chart.get_by_label("Complaints").fill("Боль при нагрузке")
    chart.get_by_label("Diagnosis code").fill("не код")

    chart.get_by_role("button", name="Save without signing").click()

    expect(
        chart.get_by_role(
            "link", name="The letter of an ICD-10 code is Latin. Change the keyboard and type it again."
        )
    ).to_be_visible()
    expect(chart.get_by_label("Complaints")).to_have_value("Боль при нагрузке")
    assert barriers_of(chart) == []


@pytest.mark.parametrize(("width", "columns"), [(1920, 3), (1280, 3), (768, 2), (360, 1)])
def test_the_boxes_of_a_chart_fill_their_rows(chart, width, columns):
    chart.set_viewport_size({"width": width, "height": 900})

    tops = chart.locator(".panel").evaluate_all("boxes => boxes.map(box => box.getBoundingClientRect().top)")

    assert len(tops) == 6
    assert {tops.count(each) for each in tops} == {columns}


def test_what_is_typed_survives_a_crash_of_the_browser(chart, sign_in):
    chart.get_by_role("link", name="Refer", exact=True).click()
    form, words = chart.url, _unlike_any("Пациент просит")
    chart.get_by_label("Why, and what is asked").fill(words)
    expect(chart.locator("[data-draft-state]")).to_contain_text("Kept at")

    chart.context.close()

    again = sign_in(DOCTOR_CARD, staff=True)
    # What is typed before the page's script is there can be kept by nobody.
    again.goto(form, wait_until="networkidle")
    expect(again.get_by_label("Why, and what is asked")).to_have_value(words)
    # What was typed last, in a tab that is closed at once.
    again.get_by_label("Why, and what is asked").fill(f"{words}\tи ещё")
    tabs = again.context
    with again.expect_event("close"):
        again.close(run_before_unload=True)
    later = tabs.new_page()
    later.goto(form)
    reload_until_shown(later, later.locator("textarea").filter(has_text=f"{words}\tи ещё"))
    expect(later.get_by_label("Why, and what is asked")).to_have_value(f"{words}\tи ещё")
    later.get_by_role("link", name="Discard it").click()
    later.get_by_role("button", name="Discard").click()
    expect(later.get_by_text("Discarded. Nothing of it was kept.")).to_be_visible()


def test_what_is_typed_before_the_page_s_script_has_come_is_kept(chart):
    held: list[Route] = []
    chart.context.route("**/keep_draft*.js", lambda route: held.append(route))
    chart.get_by_role("link", name="Refer", exact=True).click()
    chart.get_by_label("Why, and what is asked").fill("Пациент просит")

    while not held:
        chart.wait_for_timeout(50)
    held.pop().continue_()

    expect(chart.locator("[data-draft-state]")).to_contain_text("Kept at", timeout=20_000)
    chart.get_by_role("link", name="Back to the chart").click()


@pytest.mark.parametrize("way", ["language", "reload", "slow reload", "link"])
def test_the_last_words_stand_after_leaving_at_once_and_are_kept_on(chart, way):
    chart.get_by_role("link", name="Write a note").click()
    form, plan = chart.url, chart.locator('[name="plan"]')
    plan.fill(_unlike_any("Ещё не подписано"))
    expect(chart.locator("[data-draft-state]")).to_contain_text("Kept at")
    words = _unlike_any("Ещё не подписано до конца")
    plan.fill(words)

    _leave_at_once(chart, way, form)

    expect(plan).to_have_value(words)
    plan.fill(f"{words} и далее")
    expect(chart.locator("[data-draft-state]")).to_contain_text(re.compile("Kept at|Сохранено в"))
    chart.goto(form)
    expect(plan).to_have_value(f"{words} и далее")


def _leave_at_once(page: Page, way: str, form: str) -> None:
    if way == "language":
        page.wait_for_timeout(500)
        page.locator('button[name="language"][value="ru"]').click()
        expect(page.locator('html[lang="ru"]')).to_be_attached()
    elif way == "link":
        page.get_by_role("link", name="Back to the chart").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(PATIENT)
        page.goto(form)
    elif way == "reload":
        page.wait_for_timeout(300)
        page.reload()
    else:
        _reload_before_the_words_arrive(page)


def _reload_before_the_words_arrive(page: Page) -> None:
    """As where the page is read before the saving that was sent earlier is done."""
    older = page.request.get(page.url)
    page.route(page.url, lambda route: route.fulfill(response=older), times=1)
    page.wait_for_timeout(300)
    page.reload()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_note_sent_after_the_session_ended_comes_back_to_its_author_alone(sign_in, scripts):
    page = sign_in(DOCTOR_CARD, staff=True, java_script_enabled=scripts)
    _search(page)
    page.get_by_role("link", name=re.compile(PATIENT)).click()
    page.get_by_role("link", name="Write a note").click()
    form, plan = page.url, f"{_unlike_any('Покой')}  \tдалее\nещё"
    page.get_by_label("Plan").fill(plan)

    for wrong, card, read in [("", STRANGER_CARD, None), ("не код", DOCTOR_CARD, plan)]:
        # Once from the form as it was opened, once from the one that is shown again with a mistake.
        if wrong:
            _sign_out_elsewhere(page)
            page.goto(form)
            _take_card(page, card)
            page.get_by_label("Diagnosis code").fill(wrong)
            page.get_by_role("button", name="Save without signing").click()
            expect(page).to_have_title(re.compile("^Error:"))
        _sign_out_elsewhere(page)
        page.get_by_role("button", name="Save without signing").click()
        expect(page.get_by_text("What you typed is kept for you alone")).to_be_visible()
        _take_card(page, card)
        expect(page).to_have_url(form)
        assert ("далее" in page.content()) is (read is not None)
        if read:
            expect(page.get_by_label("Plan")).to_have_value(read)
            expect(page.get_by_label("Diagnosis code")).to_have_value(wrong.upper())


def test_after_signing_back_leads_to_the_signed_note_and_to_no_second(chart):
    _write(chart, _unlike_any("Покой"))
    entry = _entry_of(chart)
    chart.get_by_role("button", name="Sign", exact=True).click()
    expect(chart.get_by_text("Signed. The patient sees it now.")).to_be_visible()

    for _ in range(2):
        chart.go_back()
        expect(chart).to_have_url(re.compile(f"/emr/entries/{entry}$"))
        expect(chart.get_by_role("button", name="Save without signing")).to_have_count(0)


def test_a_text_that_is_too_long_is_refused_aloud_and_stands_there_whole(chart):
    chart.get_by_role("link", name="Write a note").click()
    chart.get_by_label("Plan").fill("я" * 102_000)

    chart.get_by_role("button", name="Save without signing").click()

    expect(chart.locator(".nhsuk-error-summary")).to_contain_text("Characters: 102,000; at most 20,000 fit.")
    assert len(chart.get_by_label("Plan").input_value()) == 102_000


def test_images_open_from_the_chart(chart, sign_in):
    chart.locator('a[href*="/images/"]').first.click()

    expect(chart.locator('[data-state="drawn"]').first).to_be_visible(timeout=90_000)
    chart.get_by_role("link", name="Back to the chart").click()
    expect(chart.get_by_role("heading", level=1)).to_contain_text(PATIENT)
    patient = sign_in(PATIENT_CARD)
    patient.goto("/my/access")
    expect(patient.locator(".access").filter(has_text=DOCTOR).first).to_contain_text("Images were looked at")


def test_a_referral_goes_from_the_chart_to_the_dispatcher_and_the_patient(chart, sign_in):
    reason = _unlike_any("Контроль сращения")
    chart.get_by_role("link", name="Refer", exact=True).click()
    chart.get_by_label("What for").select_option(SERVICE)
    chart.get_by_label("How urgent").select_option("urgent")
    chart.get_by_label("Diagnosis code").fill("s52.5")
    chart.get_by_label("Why, and what is asked").fill(reason)

    chart.get_by_role("button", name="Send").click()

    expect(chart.get_by_text(re.compile("The referral is sent."))).to_be_visible()
    expect(chart.locator(".panel").filter(has_text="Referrals")).to_contain_text(SERVICE)
    dispatcher = sign_in("staff-0001", staff=True)
    dispatcher.goto("/dispatch?step=book&priority=urgent")
    dispatcher.locator("table.queue tbody tr").filter(has_text=PATIENT).get_by_role("link").click()
    expect(dispatcher.locator("main")).to_contain_text(reason)
    expect(dispatcher.locator("main")).to_contain_text("S52.5")
    patient = sign_in(PATIENT_CARD)
    patient.goto("/my")
    expect(patient.locator(".appointment--waiting").first).to_contain_text(SERVICE)
    reload_until_shown(patient, patient.get_by_role("link", name="You have been referred"))

    _revoke(dispatcher)


def test_a_doctor_of_another_place_finds_nobody_and_opens_nothing(chart, sign_in):
    stranger = sign_in(STRANGER_CARD, staff=True)

    _search(stranger)

    expect(stranger.get_by_text("Nobody found.")).to_be_visible()
    assert stranger.goto(chart.url).status == 404


def test_a_note_is_written_and_signed_without_scripts(sign_in):
    page = sign_in(DOCTOR_CARD, staff=True, java_script_enabled=False)
    _search(page)
    page.get_by_role("link", name=re.compile(PATIENT)).click()

    _write(page, _unlike_any("Без скриптов"))
    page.get_by_role("button", name="Sign", exact=True).click()

    expect(page.get_by_text("Signed. The patient sees it now.")).to_be_visible()


def _sign_out_elsewhere(page: Page) -> None:
    """As another window, the clock or the provider ends a session."""
    page.context.clear_cookies(name=STAFF_COOKIE)


def _take_card(page: Page, card: str) -> None:
    page.locator("main form button").first.click()
    page.locator(f'button[name="card"][value="{card}"]').click()
    page.wait_for_load_state()


def _search(page: Page) -> None:
    page.goto("/emr")
    page.get_by_label("Who are you looking for?").fill(WRITTEN)
    page.get_by_role("button", name="Search").click()


def _write(chart: Page, plan: str, *, sign: bool = True) -> None:
    chart.get_by_role("link", name="Write a note").click()
    chart.get_by_label("Complaints").fill("Боль в запястье после нагрузки")
    chart.get_by_label("Examination").fill("Отёка нет, движения в полном объёме")
    chart.get_by_label("Diagnosis code").fill("S52.5")
    chart.get_by_label("Diagnosis in words").fill("Последствия перелома")
    chart.get_by_label("Plan").fill(plan)
    chart.get_by_role("button", name="Save and go on to sign" if sign else "Save without signing").click()


def _entry_of(page: Page) -> str:
    page.wait_for_url(re.compile("/emr/entries/"))
    return re.search(r"/emr/entries/([0-9a-f-]{36})", page.url)[1]


def _unlike_any(words: str) -> str:
    # Digits are of no language: letters would be counted as words of one.
    return f"{words} {uuid4().int % 10**8:08}"


def _revoke(page: Page) -> None:
    """Leave the patient as found: without an open referral for this service."""
    page.locator("summary").filter(has_text="The referral is no longer needed").click()
    page.locator('[name="revoke-reason"]').fill("Проверка окончена")
    page.locator('form[action$="/withdrawal"] button').click()
    expect(page.get_by_text("The referral is withdrawn.")).to_be_visible()
