"""A registrar joins two records of one person, who then reads one; and parts them again, as both were before."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import create_engine, text

from foundation.postgres.embedded.address import ADMINISTRATOR, read_address
from tests.journeys.cared_for import LOOKS, NAMES, PLACE, REGISTRAR, add_card, cared_for
from tests.journeys.looking import Looked

NEWS = {"ru": "Две ваши карты объединили", "en": "Two records of yours were joined"}
PARTED = {"ru": "по ошибке объединили", "en": "joined with another by mistake"}
REASON = "Registered twice"
# Of the other: no number of their own, and the name and birth of the first; nothing open stands against it.
DOUBLE = """
WITH one AS (
    SELECT p.* FROM identity.patient p WHERE p.family_name = :family AND p.given_name = :given AND p.middle_name = :middle
        AND p.birth_date = :born LIMIT 1
), other AS (
    SELECT r.patient_id, min(r.number) AS number FROM dispatch.referral r
    JOIN identity.care_relation c ON c.patient_id = r.patient_id AND c.ends_at > now() AND c.staff_id IS NULL
    JOIN identity.facility f ON f.id = c.facility_id AND f.name_en = :place
    JOIN identity.patient p ON p.id = r.patient_id
    WHERE p.id <> (SELECT id FROM one) AND p.merged_into IS NULL AND p.recorded_death_on IS NULL
      AND EXISTS (SELECT FROM identity.patient_identifier i WHERE i.patient_id = p.id AND i.system = 'urn:oid:1.2.643.100.3')
    GROUP BY r.patient_id HAVING bool_and(r.state IN ('served', 'revoked'))
    ORDER BY r.patient_id DESC OFFSET :which LIMIT 1
), named AS (
    UPDATE identity.patient p SET family_name = one.family_name, given_name = one.given_name, middle_name = one.middle_name,
        sort_key = one.sort_key, birth_date = one.birth_date, birth_precision = one.birth_precision, sex = one.sex
    FROM one, other WHERE p.id = other.patient_id
), numbered AS (
    UPDATE identity.patient_identifier i SET system = 'urn:oid:1.2.643.5.1' FROM other WHERE i.patient_id = other.patient_id
)
SELECT number FROM other
"""


@pytest.fixture
def doubled(service):
    """`doubled(3)`: somebody in the registrar's care, the number of their card, and the number of a referral of their other record."""

    def made(which: int):
        citizen = cared_for("merge")[which]
        name = citizen.name
        hint = {"en": "Has two records", "ru": "Две карты"}
        subject = add_card(service.data_dir, citizen, f"doubled-{which}", hint)
        told = {
            "family": name.family,
            "given": name.given,
            "middle": name.middle,
            "born": citizen.birth_date,
            "place": PLACE,
        }
        address = read_address(service.data_dir / "postgres")
        with create_engine(address.url(ADMINISTRATOR)).begin() as connection:
            other = connection.execute(text(DOUBLE), {**told, "which": which}).one()
        return citizen, subject, other.number

    return made


def find(page: Page, citizen) -> None:
    page.locator('input[name="family_name"]').fill(citizen.name.family)
    page.locator('input[name="given_name"]').fill(citizen.name.given)
    page.locator('input[name="born_on"]').fill(citizen.birth_date.isoformat())
    page.locator('form[role="search"] button').click()


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("which", "size", "language"), [(i, *each) for i, each in enumerate(LOOKS)], ids=NAMES
)
def test_two_records_are_joined_and_parted(sign_in, doubled, which, size, language):
    citizen, card, number = doubled(which)
    looked = Looked("merge", language)
    person = sign_in(card, size=size, language=language)
    person.wait_for_url("**/my")
    assert number not in person.request.get("/my/dispatch").text()

    desk = sign_in(REGISTRAR, staff=True, size=size, language=language)
    desk.locator('input[name="snils"]').fill(citizen.snils)
    desk.locator('form[role="search"] button').click()
    desk.locator('a[href*="/registry/patients/"]').click()
    desk.locator('a[href$="/merges"]').click()
    looked.at(desk, "merge-search")
    find(desk, citizen)
    looked.at(desk, "merge-found")
    desk.locator('main table a[href*="/merges/"]').first.click()
    looked.at(desk, "merge-compared")
    desk.locator("main form button").click()
    expect(desk.locator(".nhsuk-error-summary")).to_be_visible()
    looked.at(desk, "merge-form-empty")
    desk.locator('textarea[name="reason"]').fill(REASON)
    desk.locator('input[name="compared"]').check()
    desk.locator("main form button").click()
    expect(desk.locator('form[action$="/undoing"]')).to_be_visible()
    looked.at(desk, "merge-joined")
    joined = desk.url
    desk.locator(".nhsuk-back-link").click()
    looked.at(desk, "merges")

    person.goto("/my")
    expect(person).to_have_url(re.compile("/sign-in"))
    again = sign_in(card, size=size, language=language)
    again.wait_for_url("**/my")
    expect(again.locator("main")).to_contain_text(NEWS[language], timeout=20_000)
    looked.at(again, "home-of-joined")
    assert number in again.request.get("/my/dispatch").text()

    desk.goto(joined)
    desk.locator('textarea[name="reason"]').fill("They are two people")
    desk.locator('form[action$="/undoing"] button').click()
    expect(desk.locator('form[action$="/undoing"]')).to_have_count(0)
    looked.at(desk, "merge-parted")

    back = sign_in(card, size=size, language=language)
    back.wait_for_url("**/my")
    expect(back.locator("main")).to_contain_text(PARTED[language], timeout=20_000)
    looked.at(back, "home-of-parted")
    assert number not in back.request.get("/my/dispatch").text()
    assert looked.faults == []
