"""A facility is entered, told of otherwise, closed with all its posts, and reopened without them."""

import pytest
from sqlalchemy import text

from identity.roles import Role
from tests.identity.journeys import ENGLISH
from tests.pages import filled, read

TYPED = {
    "kind": "polyclinic",
    "name_ru": "Поликлиника новая",
    "name_en": "New Polyclinic",
    "settlement_ru": "Гай",
    "settlement_en": "Gay",
    "latitude": "51.47",
    "longitude": "58.45",
}


@pytest.fixture
def code(people, as_administrator) -> str:
    """Of no facility yet."""
    with as_administrator() as connection:
        return f"NEW-{connection.execute(text('SELECT count(*) FROM identity.facility')).scalar()}"


def enter(desk, **typed):
    form = filled(desk.browser.get("/administration/facilities/new"), **{**TYPED, **typed})
    return desk.browser.post("/administration/facilities", data=form, headers=ENGLISH)


def close(desk, facility_id, **typed):
    address = f"/administration/facilities/{facility_id}"
    shown = filled(desk.browser.get(address))
    form = {
        **shown,
        "closing-idempotency_key": shown["closing-idempotency_key"],
        "closing-reason": "Приказ министерства",
        "closing-sure": "y",
        **typed,
    }
    return desk.browser.post(f"{address}/closing", data=form, headers=ENGLISH)


def test_a_facility_is_entered_and_takes_part(desk, code):
    answer = enter(desk, code=code)

    assert answer.status_code == 303
    page = read(desk.browser.get(answer.location, headers=ENGLISH))
    assert "New Polyclinic" in page
    assert "takes no part" not in page
    assert code in read(desk.browser.get("/administration", headers=ENGLISH))


@pytest.mark.parametrize(
    ("typed", "status", "told"),
    [
        ({"code": "DC-001"}, 409, "There is a facility with this code already."),
        ({"code": "пол 1"}, 422, "Latin letters, digits and hyphens"),
        ({"longitude": ""}, 422, "Type both latitude and longitude, or neither."),
        ({"latitude": "91"}, 422, "Latitude is between"),
        ({"latitude": "nan"}, 422, "Latitude is between"),
        ({"name_en": ""}, 422, "Type the name in English."),
        ({"kind": "dispatching_center"}, 422, "There is one Dispatching Center"),
    ],
)
def test_what_cannot_be_a_facility_is_refused(desk, people, code, typed, status, told):
    people.center()

    answer = enter(desk, **{"code": code, **typed})

    assert answer.status_code == status
    assert told in read(answer)


def test_it_is_told_of_otherwise_once(desk, code):
    address = enter(desk, code=code).location
    form = filled(desk.browser.get(address), **{**TYPED, "telephone": "8 800 100-00-00"})

    assert desk.browser.post(address, data=form).status_code == 303
    late = desk.browser.post(address, data={**form, "idempotency_key": "0" * 32, "telephone": "1"})

    assert late.status_code in (412, 422)
    assert "8 800 100-00-00" in desk.browser.get(address).text


def test_closing_ends_every_post_there_at_once_and_nothing_elsewhere(desk, client_for, people):
    facility = people.facility()
    here, there = people.doctor(facility_id=facility), people.doctor()
    browsers = [client_for(each.actor) for each in (here, there)]

    answer = close(desk, facility)

    assert answer.status_code == 303
    assert [each.get("/emr").status_code for each in browsers] == [303, 200]
    assert "takes no part" in read(desk.browser.get(answer.location, headers=ENGLISH))
    assert desk.changes(desk.posts(here.id)[0][0])[-1][1:] == ("Приказ министерства", desk.administrator.id)


def test_closing_wants_to_be_sure_and_says_why(desk, people):
    facility = people.facility()

    assert close(desk, facility, **{"closing-sure": ""}).status_code == 422
    assert close(desk, facility, **{"closing-reason": ""}).status_code == 422


def test_neither_the_center_nor_one_s_own_place_is_closed(desk, people, client_for):
    center = people.center()
    own = desk.administrator.facility_id
    here = people.doctor(facility_id=own)

    assert close(desk, own).status_code == 409
    with desk.as_administrator() as connection:
        connected = connection.execute(
            text("SELECT connected FROM identity.facility WHERE id = :id"), {"id": own}
        ).scalar()
    assert connected
    assert desk.posts(here.id)[0][3]
    page = desk.browser.get(f"/administration/facilities/{center}", headers=ENGLISH)
    assert "Close the facility" not in read(page)


def test_a_closed_facility_is_reopened_and_only_then_gives_posts(desk, people):
    facility = people.facility()
    close(desk, facility)
    refused = desk.give(desk.doctor.id, facility=str(facility))
    shown = filled(desk.browser.get(f"/administration/facilities/{facility}"))

    answer = desk.browser.post(f"/administration/facilities/{facility}/reopening", data=shown)

    assert refused.status_code == 409
    assert "Reopen it first" in read(refused)
    assert answer.status_code == 303
    given = desk.give(desk.doctor.id, facility=str(facility), role=Role.DOCTOR.value)
    assert given.status_code == 303
