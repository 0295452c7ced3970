"""Who reads a chart without writing in it."""

from identity.roles import Role
from tests.emr.notes.factories import signed_note


def test_a_nurse_reads_the_record_of_a_patient_in_care_and_is_offered_nothing_that_is_refused(
    people, client_for, as_actor
):
    doctor = people.doctor()
    patient = people.patient(cared_for_at=doctor.facility_id)
    entry_id = signed_note(as_actor, doctor, patient.id, complaints="Headache since May")
    nurse = client_for(people.staff(Role.NURSE, facility_id=doctor.facility_id).actor)

    chart = nurse.get(f"/emr/patients/{patient.id}")

    assert chart.status_code == 200
    assert "Headache since May" in nurse.get(f"/emr/entries/{entry_id}").text
    assert f"/emr/patients/{patient.id}/entries/new" not in chart.text
    assert f"/emr/patients/{patient.id}/referrals/new" not in chart.text
    assert nurse.get(f"/emr/patients/{patient.id}/entries/new").status_code == 403


def test_a_registrar_opens_no_chart(people, client_for):
    registrar = people.staff(Role.REGISTRAR)
    patient = people.patient(cared_for_at=registrar.facility_id)

    assert client_for(registrar.actor).get(f"/emr/patients/{patient.id}").status_code == 403
