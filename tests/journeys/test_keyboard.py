"""Every role's main way, without a mouse."""

import re

from playwright.sync_api import expect

from tests.journeys.keyboard import enter, tab_to, type_into


def test_a_citizen_signs_in_reads_an_entry_and_signs_out(open_page):
    page = open_page()
    page.goto("/")

    enter(page, 'main a[href="/sign-in"]')
    enter(page, "main form button")
    enter(page, 'button[value="citizen-0009"]')
    expect(page).to_have_url(re.compile("/my$"))
    enter(page, 'a[href="/my/timeline"]')
    enter(page, 'main a[href^="/my/timeline/"]')
    expect(page.locator("main dl").first).to_be_visible()
    enter(page, 'form[action="/sign-out"] button')

    page.goto("/my")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_the_first_tab_leads_past_the_menu(sign_in):
    page = sign_in("citizen-0009")
    page.goto("/my")

    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the main content")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_doctor_finds_a_patient_and_writes_and_signs_a_note(sign_in):
    page = sign_in("staff-0230", staff=True)
    page.goto("/emr")

    type_into(page, 'input[name="text"]', "Мельников")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    enter(page, 'main a[href^="/emr/patients/"]')
    enter(page, 'a[href$="/entries/new"]')
    type_into(page, 'textarea[name="complaints"]', "Жалоб нет")
    type_into(page, 'textarea[name="examination"]', "Без особенностей")
    type_into(page, 'input[name="diagnosis_code"]', "Z09.4")
    type_into(page, 'input[name="diagnosis"]', "Написано с клавиатуры")
    type_into(page, 'textarea[name="plan"]', "Наблюдение")
    enter(page, 'button[value="sign"]')
    enter(page, 'form[action$="/signature"] button')

    expect(page.get_by_text("Signed. The patient sees it now.")).to_be_visible()


def test_a_dispatcher_books_a_slot_and_takes_it_back(sign_in):
    page = sign_in("staff-0002", staff=True)
    page.goto("/dispatch?step=book&service=C-ENDO")

    enter(page, "table.queue a")
    enter(page, 'button[name="slot"]')
    enter(page, 'form[action$="/booking"] button')
    expect(page.get_by_text("The slot is booked.")).to_be_visible()
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    type_into(page, 'input[name="cancel-reason"]', "Просьба пациента")
    enter(page, 'form[action$="/cancellation"] button')

    expect(page.get_by_text("The booking is cancelled and the slot is free again.")).to_be_visible()
