"""What comes between the pages: the provider's cards, a calm refusal, a form with a mistake, a choice, a good-bye.

Like every page they have no barrier that axe finds, in both languages, and are not cut off on the smallest phone.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.barriers import barriers_of, width_of
from tests.journeys.conftest import DESK, PHONE, SMALLEST
from tests.journeys.pictures import keep_picture

CITIZEN, STRANGER = "citizen-0003", "stranger-0001"
DOCTOR, DOCTOR_OF_TWO_PLACES, DISPATCHER = "staff-0230", "staff-0037", "staff-0001"
PATIENT = "Мельников"


def the_cards_of_the_provider(sign_in, open_page, **looks: str) -> Page:
    page = open_page(**looks)
    page.goto("/sign-in")
    page.locator("main form button").first.click()
    expect(page.locator('button[name="card"]').first).to_be_visible()
    return page


def a_card_that_opens_no_record(sign_in, open_page, **looks: str) -> Page:
    return sign_in(STRANGER, **looks)


def the_good_bye(sign_in, open_page, **looks: str) -> Page:
    page = sign_in(CITIZEN, **looks)
    page.goto("/my")
    page.locator('form[action$="/sign-out"] button').first.click()
    page.goto("/signed-out")
    return page


def the_good_bye_of_staff(sign_in, open_page, **looks: str) -> Page:
    page = open_page(**looks)
    page.goto("/staff/signed-out")
    return page


def the_choice_of_a_place_of_work(sign_in, open_page, **looks: str) -> Page:
    page = sign_in(DOCTOR_OF_TWO_PLACES, staff=True, **looks)
    expect(page).to_have_url(re.compile("/staff/post"))
    return page


def a_page_of_another_role(sign_in, open_page, **looks: str) -> Page:
    page = sign_in(DISPATCHER, staff=True, **looks)
    assert page.goto("/emr").status == 403
    return page


def a_record_that_is_not_there(sign_in, open_page, **looks: str) -> Page:
    page = sign_in(DOCTOR, staff=True, **looks)
    assert page.goto("/emr/patients/01a20000-0000-7000-8000-000000000000").status == 404
    return page


def a_note_with_a_mistake(sign_in, open_page, **looks: str) -> Page:
    page = _chart(sign_in, **looks)
    page.locator('a[href$="/entries/new"]').click()
    page.locator('input[name="diagnosis_code"]').fill("не код")
    page.locator('button[name="next"][value="later"]').click()
    return _with_faults(page)


def a_referral_with_a_mistake(sign_in, open_page, **looks: str) -> Page:
    page = _chart(sign_in, **looks)
    page.locator('a[href$="/referrals/new"]').click()
    page.locator('main form[method="post"] button').last.click()
    return _with_faults(page)


MOMENTS = (
    the_cards_of_the_provider,
    a_card_that_opens_no_record,
    the_good_bye,
    the_good_bye_of_staff,
    the_choice_of_a_place_of_work,
    a_page_of_another_role,
    a_record_that_is_not_there,
    a_note_with_a_mistake,
    a_referral_with_a_mistake,
)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment.__name__)
def test_no_moment_has_a_barrier_or_is_cut_off(sign_in, open_page, moment, language):
    page = moment(sign_in, open_page, language=language)

    faults = []
    assert page.locator("html").get_attribute("lang") == language
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        faults += barriers_of(page)
        keep_picture(page, moment.__name__, language)
    page.set_viewport_size(SMALLEST)
    if width_of(page) > SMALLEST["width"]:
        faults.append(f"{page.url}: {width_of(page)} px wide")

    assert faults == []


def _chart(sign_in, **looks: str) -> Page:
    page = sign_in(DOCTOR, staff=True, **looks)
    page.goto("/emr")
    page.locator('input[name="text"]').fill(PATIENT)
    page.locator('form[role="search"] button').click()
    page.get_by_role("link", name=re.compile(f"{PATIENT}|Melnikov")).first.click()
    return page


def _with_faults(page: Page) -> Page:
    expect(page.locator(".nhsuk-error-summary")).to_be_visible()
    return page
