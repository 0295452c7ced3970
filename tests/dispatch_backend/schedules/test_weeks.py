"""The week of a schedule: its times by day, which of them are taken, and by whom nobody is told."""

import re
from datetime import timedelta

import pytest

from dispatch_backend.schedules.rules import SlotState, state_of
from identity.roles import Role
from tests.dispatch_backend.schedules.conftest import ENGLISH
from tests.pages import read


def _week(keeping, browser):
    return browser.get(f"/dispatch/schedules/{keeping.resource_id}?day={keeping.day}", headers=ENGLISH)


def test_the_week_shows_what_is_free_and_what_is_taken_and_names_nobody(keeping, client_for):
    patient = keeping.desk.patient(family_name="Занятова")
    keeping.desk.booked(keeping.desk.sent(patient), keeping.slot(11))
    keeping.slot(12)

    page = _week(keeping, client_for(keeping.keeper.actor))

    day = read(page).partition("Free: 2 · Taken: 1")
    assert day[1]
    assert re.search("09:00–09:20 free .*11:00–11:20 taken .*12:00–12:20 free", day[2])
    assert "Занятова" not in page.text
    assert "Zanyatova" not in page.text


def test_the_weeks_beside_it_are_a_link_away(keeping, client_for):
    browser, monday = client_for(keeping.keeper.actor), keeping.day - timedelta(days=keeping.day.weekday())

    page = _week(keeping, browser).text

    for days in (-7, 7):
        link = f"/dispatch/schedules/{keeping.resource_id}?day={monday + timedelta(days=days)}"
        assert link in page
        assert "09:00–09:20" not in browser.get(link).text


@pytest.mark.parametrize("day", ["", "never", "9999-12-31", "0001-01-01"])
def test_a_day_that_is_none_shows_the_present_week(keeping, client_for, day):
    page = client_for(keeping.keeper.actor).get(f"/dispatch/schedules/{keeping.resource_id}?day={day}")

    assert page.status_code == 200
    assert "week__day--today" in page.text


def test_a_facility_is_chosen_then_who_works_there(keeping, client_for):
    browser = client_for(keeping.keeper.actor)
    first = browser.get("/dispatch/schedules", headers=ENGLISH).text

    chosen = browser.get(f"/dispatch/schedules?facility={keeping.desk.target_id}", headers=ENGLISH).text

    assert f'value="{keeping.desk.target_id}"' in first
    assert str(keeping.resource_id) not in first
    assert f"/dispatch/schedules/{keeping.resource_id}" in chosen


def test_who_keeps_one_facility_begins_with_its_own(keeping, people, client_for):
    browser = client_for(people.staff(Role.SCHEDULE_KEEPER, facility_id=keeping.desk.target_id).actor)

    page = browser.get("/dispatch/schedules", headers=ENGLISH).text

    assert f"/dispatch/schedules/{keeping.resource_id}" in page
    assert page.count("<option") == 2


@pytest.mark.parametrize(
    ("taken", "booked", "closed", "begun", "state"),
    [
        (False, False, False, False, SlotState.FREE),
        (True, True, False, False, SlotState.TAKEN),
        (True, False, False, False, SlotState.TAKEN),
        (True, False, True, False, SlotState.CLOSED),
        (True, True, True, False, SlotState.TO_MOVE),
        (True, True, True, True, SlotState.TAKEN),
        (True, False, True, True, SlotState.CLOSED),
    ],
)
def test_a_time_has_one_state_and_a_visit_that_has_begun_is_not_to_be_moved(
    taken, booked, closed, begun, state
):
    assert state_of(taken=taken, booked=booked, closed=closed, begun=begun) is state
