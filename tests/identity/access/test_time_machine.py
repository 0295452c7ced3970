"""A post and care of a patient end in the night: from that moment on, with the next request, the record is closed.

Both are reckoned by the database's clock, which does not travel: what ends is moved to where it stands when seen from the moment.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from foundation.clock import now, zone
from identity.roles import Role
from identity.sessions.queries.sessions import sign_in_of
from tests.dispatch_backend.factories import Desk
from tests.emr.notes.factories import signed_note
from tests.identity.journeys import STAFF_COOKIE
from tests.pages import read
from tests.people import give_post

# Enough for whatever is asked before midnight, however busy the machine is.
BEFORE = timedelta(minutes=10)
ENDS = {
    "identity.staff_post": "staff_id = :staff AND facility_id = :place",
    "identity.care_relation": "patient_id = :patient AND facility_id = :place",
}


@pytest.fixture
def midnight():
    """Of the night after the third day from now."""
    day = now().astimezone(zone()) + timedelta(days=4)
    return day.replace(hour=0, minute=0, second=0, microsecond=0)


@pytest.fixture
def seen_from(as_administrator):
    """`seen_from(moment, "identity.staff_post", midnight, staff=…, place=…)`: how an end at midnight stands at that moment."""

    def moved(moment, table, ends_at, **which):
        with as_administrator() as connection:
            changed = connection.execute(
                text(f"UPDATE {table} SET ends_at = now() + :ahead WHERE {ENDS[table]}"),
                {"ahead": ends_at - moment, **which},
            )
            assert changed.rowcount

    return moved


@pytest.fixture
def desk(people, as_actor, as_loader) -> Desk:
    return Desk(people, as_actor, as_loader)


@pytest.fixture
def record(desk, as_actor):
    """A patient of the doctor's, and an entry of theirs."""
    patient = desk.patient(family_name="Ночнова")
    return patient, signed_note(as_actor, desk.doctor, patient.id, complaints="Бессонница")


def opened(browser, patient, entry_id):
    return [
        browser.get(address, headers={"Accept-Language": "en"})
        for address in (f"/emr/patients/{patient.id}", f"/emr/entries/{entry_id}")
    ]


def test_with_the_end_of_a_post_the_desk_is_closed_at_midnight(
    desk, record, client_for, midnight, seen_from, walls
):
    doctor, browser = desk.doctor, client_for(desk.doctor.actor)
    post = {"staff": doctor.id, "place": doctor.facility_id}
    token = browser.get_cookie(STAFF_COOKIE).value

    seen_from(midnight - BEFORE, "identity.staff_post", midnight, **post)
    before = opened(browser, *record)
    seen_from(midnight, "identity.staff_post", midnight, **post)
    after = opened(browser, *record)

    assert [each.status_code for each in before] == [200, 200]
    assert [each.status_code for each in after] == [303, 303]
    assert all("/staff/sign-in" in each.location for each in after)
    assert "Ночнова" not in "".join(each.text for each in after)
    assert sign_in_of(token) is None


def test_a_post_elsewhere_goes_on_when_one_ends(
    desk, record, people, client_for, as_loader, midnight, seen_from
):
    elsewhere = people.facility()
    with as_loader() as session:
        give_post(session, desk.doctor.id, elsewhere, Role.DOCTOR)
    browser = client_for(desk.doctor.actor)

    seen_from(midnight, "identity.staff_post", midnight, staff=desk.doctor.id, place=elsewhere)

    assert [each.status_code for each in opened(browser, *record)] == [200, 200]


def test_with_the_end_of_care_the_record_is_closed_at_midnight_and_as_if_there_were_none(
    desk, record, client_for, midnight, seen_from, walls
):
    patient, entry_id = record
    browser = client_for(desk.doctor.actor)
    care = {"patient": patient.id, "place": desk.doctor.facility_id}

    seen_from(midnight - BEFORE, "identity.care_relation", midnight, **care)
    before = opened(browser, patient, entry_id)
    seen_from(midnight, "identity.care_relation", midnight, **care)
    after = opened(browser, patient, entry_id)
    absent = [
        browser.get(f"/emr/{each}/{uuid4()}", headers={"Accept-Language": "en"})
        for each in ("patients", "entries")
    ]

    assert [each.status_code for each in before] == [200, 200]
    assert "Ночнова" in read(before[0]) or "Nochnova" in read(before[0])
    assert [each.status_code for each in after] == [404, 404]
    assert [read(each) for each in after] == [read(each) for each in absent]


def test_care_that_ends_takes_nothing_from_the_patient(desk, record, client_for, midnight, seen_from):
    patient, entry_id = record
    seen_from(
        midnight,
        "identity.care_relation",
        midnight,
        patient=patient.id,
        place=desk.doctor.facility_id,
    )

    assert client_for(patient.actor).get(f"/my/timeline/{entry_id}").status_code == 200
