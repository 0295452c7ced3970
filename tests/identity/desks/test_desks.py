"""Where staff begin: every role has a first page that is open to it and leads nowhere in vain."""

import re

import pytest

from identity.authorization import first_page_of
from identity.roles import ROLE_NAMES, STAFF_ROLES

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
    role = next(each for each in STAFF_ROLES if each == "archive-technician")
    browser = client_for(people.staff(role).actor)

    page = browser.get("/staff/desk", headers={"Accept-Language": language}).text

    assert getattr(ROLE_NAMES[role], language) in page
    assert {"en": "Polyclinic of the test", "ru": "Поликлиника теста"}[language] in page
