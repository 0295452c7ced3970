"""A doctor takes a copy of a record out of the house: for patients in ordinary care, with a reason, proven anew, and seldom."""

import json

import pytest
from sqlalchemy.exc import ProgrammingError

from emr.teams.actions import take_into_team
from identity.access import queries as access
from identity.roles import Role
from identity.second_factors.queries import demands
from interop import actions
from interop.enumerations import ExportReason
from interop.rules.bundles import Request
from tests.emr.notes.factories import signed_note
from tests.identity.emergencies.factories import open_record
from tests.identity.journeys import ENGLISH
from tests.identity.second_factors.factories import kept_passkey
from tests.pages import filled, read

SAD = {"diagnosis_code": "F32.1", "diagnosis": "Депрессивный эпизод"}


@pytest.fixture
def doctor(people):
    return people.doctor()


@pytest.fixture
def patient(people, doctor):
    return people.patient(cared_for_at=doctor.facility_id)


def export(browser, patient, **typed):
    address = f"/emr/patients/{patient.id}/export"
    page = browser.get(address, headers=ENGLISH)
    return browser.post(address, data=filled(page, **{"reason": "export-transfer", **typed}), headers=ENGLISH)


def test_the_file_holds_the_record_and_the_patient_reads_who_and_why(
    client_for, as_actor, doctor, patient, walls
):
    entry_id = signed_note(as_actor, doctor, patient.id)

    answer = export(client_for(doctor.actor), patient)

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    resources = [each["resource"] for each in json.loads(answer.data)["entry"]]
    assert str(entry_id) in {each["id"] for each in resources}
    log = read(client_for(patient.actor).get("/my/access", headers=ENGLISH))
    assert "The record was downloaded" in log
    assert "Reason: The patient goes to another hospital" in log


def test_what_bears_a_label_is_not_handed_on_by_the_team_and_is_by_the_patient(
    client_for, as_actor, people, doctor, patient, walls
):
    author = people.doctor(facility_id=doctor.facility_id)
    labelled = str(signed_note(as_actor, author, patient.id, **SAD))
    own = str(signed_note(as_actor, doctor, patient.id, **SAD))
    plain = str(signed_note(as_actor, doctor, patient.id))
    with as_actor(author.actor) as session:
        take_into_team(session, patient.id, doctor.id)
    browser = client_for(doctor.actor)
    assert browser.get(f"/emr/entries/{labelled}").status_code == 200

    handed_on = export(browser, patient).text
    taken = client_for(patient.actor).get("/my/record.json").text

    assert [each in handed_on for each in (labelled, own, plain)] == [False, False, True]
    assert [each in taken for each in (labelled, own, plain)] == [True, True, True]


def test_no_reason_no_file(client_for, doctor, patient):
    for wrong in ("", "because"):
        answer = export(client_for(doctor.actor), patient, reason=wrong)

        assert answer.status_code == 422
        assert answer.mimetype == "text/html"


def test_whoever_has_a_passkey_proves_anew_that_it_is_they(client_for, as_actor, doctor, patient):
    with as_actor(doctor.actor) as session:
        kept_passkey(session)

    answer = export(client_for(doctor.actor), patient)

    assert answer.status_code == 403
    assert "export-transfer" in answer.text
    assert "The record was downloaded" not in read(
        client_for(patient.actor).get("/my/access", headers=ENGLISH)
    )


def test_where_the_region_requires_it_everybody_proves_anew(client_for, doctor, patient):
    demands.set_second_factor_required(True)
    try:
        assert export(client_for(doctor.actor), patient).status_code == 403
    finally:
        demands.set_second_factor_required(False)


def test_the_fourth_within_an_hour_is_refused(client_for, doctor, patient):
    browser = client_for(doctor.actor)

    answers = [export(browser, patient).status_code for _ in range(actions.MOST_AN_HOUR + 1)]

    assert answers == [200] * actions.MOST_AN_HOUR + [429]


def test_nobody_elsewhere_takes_it_out(client_for, people, patient, walled):
    browser = client_for(people.doctor(facility_id=people.facility()).actor)
    walled()

    assert browser.get(f"/emr/patients/{patient.id}/export").status_code == 404


@pytest.mark.parametrize("role", [Role.NURSE, Role.RADIOLOGIST, Role.REGISTRAR, Role.DISPATCHER])
def test_no_other_role_takes_it_out(client_for, people, doctor, patient, role):
    browser = client_for(people.staff(role, facility_id=doctor.facility_id).actor)

    assert browser.get(f"/emr/patients/{patient.id}/export").status_code == 403


def test_in_an_emergency_it_is_read_and_not_taken_out(client_for, as_actor, people, patient):
    rescuer = people.doctor(facility_id=people.facility())
    with as_actor(rescuer.actor) as session:
        open_record(session, patient)
    browser = client_for(rescuer.actor)

    assert browser.get(f"/emr/patients/{patient.id}").status_code == 200
    assert browser.get(f"/emr/patients/{patient.id}/export").status_code == 404
    assert "/export" not in browser.get(f"/emr/patients/{patient.id}").text


def test_in_an_emergency_the_database_keeps_nothing_that_was_taken_out(
    as_actor, people, patient, monkeypatch
):
    rescuer = people.doctor(facility_id=people.facility())
    with as_actor(rescuer.actor) as session:
        open_record(session, patient)
    monkeypatch.setattr(access, "may_do", lambda *_: True)

    with pytest.raises(ProgrammingError), as_actor(rescuer.actor) as session:
        actions.export_record_by_staff(
            session,
            patient.id,
            request=Request("collection", address="https://example.org", base="https://example.org/fhir"),
            reason=ExportReason.TRANSFER,
        )
