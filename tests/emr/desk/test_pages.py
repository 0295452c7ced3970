"""Looking for a patient."""

import pytest
from sqlalchemy import func, select

from foundation.audit import AuditEvent
from tests.pages import filled

OTHER_LETTERS = "Found by reading your letters in the other alphabet"
SIMILAR = "Nobody is called exactly so."


def test_a_doctor_finds_a_patient_by_name_and_birth_date_and_opens_the_chart(desk, patient):
    found = desk.post(
        "/emr/searches",
        data=filled(desk.get("/emr"), text=f"{patient.birth_date:%d.%m.%Y}"),
        follow_redirects=True,
    )

    assert found.status_code == 200
    assert f"/emr/patients/{patient.id}" in found.text
    assert desk.get(f"/emr/patients/{patient.id}").status_code == 200


def test_a_search_finds_nobody_outside_the_facilitys_care(desk, people):
    stranger = people.patient()

    found = desk.post(
        "/emr/searches", data=filled(desk.get("/emr"), text=stranger.snils), follow_redirects=True
    )

    assert "Nobody found." in found.text


def test_what_was_typed_and_not_understood_is_told_and_stays_in_the_field(desk, patient):
    answer = desk.post(
        "/emr/searches", data=filled(desk.get("/emr"), text="Тестова 31.02.1960"), follow_redirects=True
    )

    assert answer.status_code == 422
    assert "Nobody can be born on 31.02.1960." in answer.text
    assert 'value="Тестова 31.02.1960"' in answer.text
    assert f"/emr/patients/{patient.id}" not in answer.text


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Тестова", ""),
        ("Testova", OTHER_LETTERS),
        ("Ntcnjdf", OTHER_LETTERS),
        ("Тестьва", SIMILAR),
    ],
)
def test_a_name_that_was_read_otherwise_than_it_was_typed_is_told_as_what_it_is(desk, patient, typed, told):
    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=typed), follow_redirects=True)

    assert f"/emr/patients/{patient.id}" in found.text
    assert [each for each in (OTHER_LETTERS, SIMILAR) if each in found.text] == ([told] if told else [])


def test_an_empty_search_says_what_to_type(desk):
    answer = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=""), follow_redirects=True)

    assert answer.status_code == 422
    assert "Type a name, a date of birth or a SNILS." in answer.text


def test_citizens_and_dispatchers_do_not_come_to_the_desk(client_for, people, client):
    assert client_for(people.dispatcher().actor).get("/emr").status_code == 403
    assert client.get("/emr").status_code == 303


def test_staff_without_access_keep_their_menu_and_are_not_sent_to_a_clinic_of_theirs(desk):
    answer = desk.get("/dispatch")

    assert answer.status_code == 403
    assert 'class="menu"' in answer.text
    assert 'class="dense"' in answer.text
    assert "Go back to your desk." in answer.text
    assert "ask at your clinic" not in answer.text


def test_the_list_that_was_found_has_an_address_of_its_own_which_tells_no_name(
    desk, doctor, patient, people, client_for
):
    sent = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=patient.snils))
    colleague = client_for(people.doctor(facility_id=doctor.facility_id).actor)

    again = [desk.get(sent.location) for _ in range(2)]

    assert sent.status_code == 303
    assert patient.snils not in sent.location
    assert [f"/emr/patients/{patient.id}" in each.text for each in again] == [True, True]
    assert f'value="{patient.snils}"' in again[1].text
    assert colleague.get(sent.location).status_code == 404
    assert desk.get("/emr/searches/invented").status_code == 404


def test_every_showing_of_what_was_found_leaves_its_line(desk, patient, as_actor):
    sent = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=patient.snils))

    for _ in range(2):
        desk.get(sent.location)

    with as_actor(patient.actor) as session:
        found = session.scalar(
            select(func.count()).where(AuditEvent.patient_id == patient.id, AuditEvent.act == "patient.found")
        )
    assert found == 2
