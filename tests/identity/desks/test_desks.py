"""Where staff begin: every role has a first page that is open to it and leads nowhere in vain."""

import re

import pytest

from identity.authorization import first_page_of
from identity.roles import ROLE_NAMES, STAFF_ROLES, Role

LINK = re.compile(r'<a[^>]* href="(/[^"#]*)"')


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_every_role_has_a_first_page_and_no_link_of_its_leads_to_a_closed_door(people, client_for, app, role):
    browser = client_for(people.staff(role).actor)
    with app.test_request_context("/staff"):
        address = first_page_of(role)

    page = browser.get(address)

    assert page.status_code == 200
    main = page.text.partition("<header")[2]
    refused = {
        each: browser.get(each).status_code for each in set(LINK.findall(main)) if "language" not in each
    }
    assert [each for each, status in refused.items() if status >= 400] == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_desk_names_the_work_and_the_place(people, client_for, language):
    role = Role.ARCHIVE_TECHNICIAN
    browser = client_for(people.staff(role).actor)

    page = browser.get("/staff/desk", headers={"Accept-Language": language}).text

    assert getattr(ROLE_NAMES[role], language) in page
    assert {"en": "Polyclinic of the test", "ru": "Поликлиника теста"}[language] in page


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "Entries of the record: reads, adds"), ("ru", "Записи карты: читает, вносит")],
)
def test_the_privacy_officer_reads_the_policy_in_words(people, client_for, language, told):
    page = client_for(people.staff(Role.PRIVACY_OFFICER).actor).get(
        "/privacy/policy", headers={"Accept-Language": language}
    )
    doctors = page.text.partition(str(getattr(ROLE_NAMES[Role.DOCTOR], language)))[2].partition("</section>")[
        0
    ]

    assert told in doctors
    assert page.text.count("<section") == len(STAFF_ROLES)


def test_the_desk_says_what_the_role_may_see(people, client_for):
    page = (
        client_for(people.staff(Role.LABORATORY_ASSISTANT).actor)
        .get("/staff/desk", headers={"Accept-Language": "en"})
        .text
    )

    assert "Name, birth date, identifiers: reads" in page
    assert "Entries of the record" not in page
