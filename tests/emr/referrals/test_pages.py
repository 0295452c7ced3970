"""Referring a patient out of the chart."""

import re

from dispatch_backend.services.actions import load_reference
from tests.pages import filled


def test_a_patient_is_referred_out_of_the_chart(desk, patient, people, as_loader):
    people.center()
    with as_loader() as session:
        load_reference(session)
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)
    service = re.search(r'<option value="([^"]+)"', page.text)[1]
    typed = {"service": service, "priority": "planned", "diagnosis_code": "j20.9", "reason": "Кашель месяц"}

    answers = [
        desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(page, **typed)) for _ in range(2)
    ]

    assert [each.status_code for each in answers] == [303, 303]
    chart = desk.get(f"/emr/patients/{patient.id}").text
    assert chart.count("waiting for a time") == 1
    again = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)
    twin = desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(again, **typed))
    assert twin.status_code == 409
    assert "Кашель месяц" in twin.text


def test_a_referral_without_words_is_sent_back(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)

    answer = desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(page, priority="planned"))

    assert answer.status_code == 422
    assert "Say why the patient is referred." in answer.text
    assert "Choose what the referral is for." in answer.text
