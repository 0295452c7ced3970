"""Referring a patient out of the chart."""

import re

import pytest

from dispatch_backend.services.actions import load_reference
from identity.facilities.enumerations import FacilityKind
from tests.pages import filled, read


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


@pytest.mark.parametrize("priority", ["emergency", "urgent", "planned"])
def test_whoever_asks_for_a_bed_that_is_needed_now_is_told_where_to_call(
    desk, patient, people, as_loader, priority
):
    people.center(), people.facility(kind=FacilityKind.CITY_HOSPITAL)
    with as_loader() as session:
        load_reference(session)
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)
    typed = {"service": "B-THER", "priority": priority, "diagnosis_code": "j18.9", "reason": "Одышка"}

    answer = desk.post(
        f"/emr/patients/{patient.id}/referrals", data=filled(page, **typed), follow_redirects=True
    )

    now = priority != "planned"
    assert ("Call a hospital for the bed" in read(answer)) is now
    assert ("Call these hospitals, the nearest first." in read(answer)) is now
    assert ('href="tel:+70000000005"' in answer.text) is now
    assert ("looks for a time and place" in read(answer)) is not now


def test_a_referral_without_words_is_sent_back(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}/referrals/new", follow_redirects=True)

    answer = desk.post(f"/emr/patients/{patient.id}/referrals", data=filled(page, priority="planned"))

    assert answer.status_code == 422
    assert "Say why the patient is referred." in answer.text
    assert "Choose what the referral is for." in answer.text
