"""The chart, read as a doctor reads it."""

import re
from html import unescape

from sqlalchemy import select

from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.identifiers import new_id
from tests.emr.fhir_import.factories import imported_patient, observation, person_with
from tests.emr.notes.factories import signed_note


def test_the_chart_says_that_nobody_asked_rather_than_that_there_is_nothing(desk, patient):
    page = desk.get(f"/emr/patients/{patient.id}")

    assert "Not recorded: nobody has asked." in page.text


def test_the_chart_shows_at_a_glance_what_must_be_known(desk, doctor, as_loader):
    value = person_with(
        lambda who: {"resourceType": "AllergyIntolerance", "patient": {"reference": who}, "code": {"text": "Allergy to nut"},
                     "criticality": "high"},
        lambda who: {"resourceType": "Condition", "subject": {"reference": who}, "code": {"text": "Gout"}},
        lambda who: observation(who, category=[{"coding": [{"code": "vital-signs"}]}]),
    )  # fmt: skip
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)

    page = desk.get(f"/emr/patients/{patient_id}").text

    for words in ("Nuts", "may be dangerous", "Gout", "Haemoglobin", "131 g/L"):
        assert words in page


def test_the_record_in_the_chart_is_narrowed_and_nonsense_narrows_nothing(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)

    def lists_it(query: str) -> bool:
        record = desk.get(f"/emr/patients/{patient.id}?{query}").text.split('id="record"')[1]
        return f"/emr/entries/{entry_id}" in record

    assert lists_it("kind=note&year=2026")
    assert not lists_it("kind=allergy")
    assert not lists_it("year=2019")
    assert lists_it("kind=%00&year=soon&before=yesterday")


def test_a_value_outside_its_range_is_called_the_same_on_every_page(desk, doctor, as_loader, client_for):
    usual = {"low": {"value": 120, "unit": "g/L"}, "high": {"value": 130, "unit": "g/L"}}
    value = person_with(lambda who: observation(who, referenceRange=[usual]))
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)
    citizen = client_for(Actor(ActorKind.CITIZEN, account_id=new_id(), patient_id=patient_id, role="patient"))
    citizen.set_cookie("language", "ru")

    chart = desk.get(f"/emr/patients/{patient_id}?kind=result").text
    measured = desk.get(re.search(r'href="(/emr/entries/[^"]+)"', chart)[1]).text

    assert "above the usual</span>" in chart
    assert "above the usual</dd>" in measured
    assert "выше обычного</span>" in citizen.get("/my/timeline").text


def test_opening_a_chart_and_an_entry_leaves_lines_for_the_patient(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    desk.get(f"/emr/patients/{patient.id}")
    desk.get(f"/emr/entries/{entry_id}")

    with as_actor(patient.actor) as session:
        acts = list(session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)))
    assert acts[-2:] == ["chart.opened", "entry.opened"]


def test_a_page_of_the_record_goes_on_where_the_one_before_ended(desk, doctor, as_loader):
    value = person_with(*[
        (lambda who, day=day: observation(who, effectiveDateTime=f"2026-03-{day:02}")) for day in range(1, 21)
    ])  # fmt: skip
    patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)

    first = desk.get(f"/emr/patients/{patient_id}")
    older = unescape(re.search(r'href="([^"]*before=[^"]*)"', first.text)[1])
    second = desk.get(older)

    days = [re.findall(r"<span>(\d\d)/03/2026", page.text) for page in (first, second)]
    assert [int(day) for page in days for day in page] == list(range(20, 0, -1))
