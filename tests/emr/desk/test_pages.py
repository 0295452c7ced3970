"""Looking for a patient."""

from tests.pages import filled


def test_a_doctor_finds_a_patient_by_name_and_birth_date_and_opens_the_chart(desk, patient):
    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=f"{patient.birth_date:%d.%m.%Y}"))

    assert found.status_code == 200
    assert f"/emr/patients/{patient.id}" in found.text
    assert desk.get(f"/emr/patients/{patient.id}").status_code == 200


def test_a_search_finds_nobody_outside_the_facilitys_care(desk, people):
    stranger = people.patient()

    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=stranger.snils))

    assert "Nobody found." in found.text


def test_what_was_typed_and_not_understood_is_told_and_stays_in_the_field(desk, patient):
    answer = desk.post("/emr/searches", data=filled(desk.get("/emr"), text="Тестова 31.02.1960"))

    assert answer.status_code == 422
    assert "Nobody can be born on 31.02.1960." in answer.text
    assert 'value="Тестова 31.02.1960"' in answer.text
    assert f"/emr/patients/{patient.id}" not in answer.text


def test_a_similar_name_is_told_as_similar(desk, patient):
    found = desk.post("/emr/searches", data=filled(desk.get("/emr"), text="Ntcnjdf"))

    assert f"/emr/patients/{patient.id}" in found.text
    assert "Nobody is called exactly so." in found.text


def test_an_empty_search_says_what_to_type(desk):
    answer = desk.post("/emr/searches", data=filled(desk.get("/emr"), text=""))

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
