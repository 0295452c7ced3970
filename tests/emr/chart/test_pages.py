"""The chart, read as a doctor reads it."""

import re
from html import unescape

from sqlalchemy import select

from emr.chart.queries.chart import MOST_LINES
from emr.fhir_import.actions.bundles import import_bundle
from emr.fhir_import.validation.bundles import read_bundle
from emr.notes.actions.notes import write_note
from foundation.actor import Actor, ActorKind
from foundation.audit import AuditEvent
from foundation.identifiers import new_id
from identity.patients.queries.patients import known_patient
from identity.people.rules.snils import SNILS_SYSTEM
from tests.emr.chart.pages import box, charted
from tests.emr.fhir_import.factories import imported_patient, observation, person_with
from tests.emr.notes.factories import note, signed_note


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


def _about(who: str, resource_type: str, **elements: object) -> dict:
    return {"resourceType": resource_type, "subject": {"reference": who}, **elements}


def _allergy(who: str, text: str, **elements: object) -> dict:
    return {
        "resourceType": "AllergyIntolerance",
        "patient": {"reference": who},
        "code": {"text": text},
        **elements,
    }


def _prescription(who: str, drug: str, **elements: object) -> dict:
    told = {"status": "active", "intent": "order", "medicationCodeableConcept": {"text": drug}}
    return _about(who, "MedicationRequest", **{**told, **elements})


def test_a_medicine_that_must_not_or_may_not_be_taken_is_not_among_the_current(desk, doctor, as_loader):
    page = charted(
        desk, doctor, as_loader,
        lambda who: _prescription(who, "Taken"),
        lambda who: _prescription(who, "Proposed", intent="proposal"),
        lambda who: _prescription(who, "Forbidden", doNotPerform=True),
        lambda who: _prescription(who, "Paused", status="on-hold"),
    )  # fmt: skip

    current, record = box(page, "Current medicines"), page.split('id="record"')[1]
    assert "Taken" in current
    assert not [drug for drug in ("Proposed", "Forbidden", "Paused") if drug in current]
    for state in ("(proposal)", "(must not be taken)", "(on hold)"):
        assert state in record


def test_a_withdrawn_measurement_hides_no_valid_one(desk, doctor, as_loader):
    signs = {"category": [{"coding": [{"code": "vital-signs"}]}]}
    wrong = {"valueQuantity": {"value": 999, "unit": "g/L"}, "effectiveDateTime": "2026-05-09"}

    page = charted(
        desk, doctor, as_loader,
        lambda who: observation(who, **signs),
        lambda who: observation(who, status="entered-in-error", **signs, **wrong),
        lambda who: observation(who, status="cancelled", **signs, **wrong),
    )  # fmt: skip

    assert "131 g/L" in box(page, "Last measurements")
    assert "999" not in box(page, "Last measurements")


def test_another_persons_illness_and_a_risk_are_no_problems(desk, doctor, as_loader):
    mother = {"text": "mother"}
    page = charted(
        desk, doctor, as_loader,
        lambda who: _about(who, "Condition", code={"text": "Gout"}),
        lambda who: {"resourceType": "FamilyMemberHistory", "status": "completed", "patient": {"reference": who},
                     "relationship": mother, "condition": [{"code": {"text": "Diabetes"}}]},
        lambda who: _about(who, "Flag", status="active", code={"text": "Bites"}),
        lambda who: _about(who, "RiskAssessment", status="final", code={"text": "Falls"}),
    )  # fmt: skip

    problems = box(page, "Active problems")
    assert "Gout" in problems
    assert not [words for words in ("Family", "Bites", "Falls", "mother") if words in problems]


def test_no_known_allergy_says_that_somebody_asked_and_warns_of_nothing(desk, doctor, as_loader):
    page = charted(desk, doctor, as_loader, lambda who: _allergy(who, "NKA", recordedDate="2026-01-15"))

    assert "No known allergies" in box(page, "Allergies")
    assert "panel--warning" not in page


def test_an_allergy_entered_in_error_does_not_say_that_somebody_asked(desk, doctor, as_loader):
    mistake = {"coding": [{"code": "entered-in-error"}]}
    page = charted(desk, doctor, as_loader, lambda who: _allergy(who, "Nuts", verificationStatus=mistake))

    assert box(page, "Allergies") == "Not recorded: nobody has asked."


def test_an_allergy_written_down_again_with_less_does_not_hide_how_dangerous_it_was(desk, doctor, as_loader):
    sign = [{"manifestation": [{"text": "shock"}]}]
    page = charted(
        desk, doctor, as_loader,
        lambda who: _allergy(who, "Nuts", criticality="high", reaction=sign, recordedDate="2019"),
        lambda who: _allergy(who, "Nuts", recordedDate="2026-01-15"),
        lambda who: _allergy(who, "Nuts", recordedDate="2026-01-16"),
    )  # fmt: skip

    allergies = box(page, "Allergies")
    assert "shock" in allergies
    assert "may be dangerous" in allergies
    assert allergies.count("Nuts") == 2


def test_a_measurement_dated_in_the_future_hides_no_last_one(desk, doctor, as_loader):
    signs = {"category": [{"coding": [{"code": "vital-signs"}]}]}
    page = charted(
        desk, doctor, as_loader,
        lambda who: observation(who, **signs),
        lambda who: observation(who, effectiveDateTime="2099-01-01", valueQuantity={"value": 999}, **signs),
    )  # fmt: skip

    assert "131 g/L" in box(page, "Last measurements")
    assert "999" not in box(page, "Last measurements")
    assert "01/01/2099" in page


def test_many_diagnoses_push_out_no_medicine_and_are_said_to_be_more(desk, doctor, as_loader):
    made = [lambda who, at=at: _about(who, "Condition", code={"text": f"Problem {at}"}, recordedDate="2026-01-15")
            for at in range(MOST_LINES)]  # fmt: skip
    page = charted(
        desk, doctor, as_loader, *made, lambda who: _prescription(who, "Warfarin", authoredOn="2001")
    )

    assert "Warfarin" in box(page, "Current medicines")
    assert "More diagnoses count today than fit here." in page


def test_the_diagnosis_of_a_signed_note_is_an_active_problem(desk, doctor, patient, as_actor):
    signed_note(
        as_actor, doctor, patient.id, diagnosis_code="I11.9", diagnosis="Гипертоническая болезнь сердца"
    )

    problems = box(desk.get(f"/emr/patients/{patient.id}").text, "Active problems")

    assert "I11.9 Гипертоническая болезнь сердца" in problems
    assert "Doctor’s note" in problems


def test_a_draft_without_a_diagnosis_is_named_in_the_readers_language(desk, doctor, patient, as_actor):
    with as_actor(doctor.actor) as session:
        write_note(session, patient.id, note=note(diagnosis="", diagnosis_code=""))
    desk.set_cookie("language", "ru")

    page = desk.get(f"/emr/patients/{patient.id}").text

    assert "Consultation note" not in page
    assert "Приём врача" in page


def test_the_page_of_an_entry_says_that_it_was_a_mistake(desk, doctor, as_loader):
    page = charted(desk, doctor, as_loader, lambda who: observation(who, status="entered-in-error"))

    entry = desk.get(re.search(r'href="(/emr/entries/[^"]+)"', page)[1]).text

    assert "This entry was made by mistake and no longer counts." in entry
    assert "valid</strong>" not in entry


def test_the_case_of_others_is_shown_withdrawn_in_whichever_state_it_says_so(
    desk, doctor, as_loader, shared_cases
):
    folder = shared_cases / "entered-in-error"
    for name in ("1_before.json", "2_after.json"):
        with as_loader() as session:
            content = (folder / name).read_bytes()
            import_bundle(session, read_bundle(content, source="urn:case"), facility_id=doctor.facility_id)
    with as_loader() as session:
        patient_id = known_patient(session, system=SNILS_SYSTEM, value="90000000283")

    page = desk.get(f"/emr/patients/{patient_id}").text

    record = page.split('id="record"')[1]
    assert "H7" not in box(page, "Active problems")
    assert record.count("(entered in error)") == 2


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

    assert "above normal</span>" in chart
    assert "above normal</dd>" in measured
    assert "выше нормы</span>" in citizen.get("/my/timeline").text


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


def test_the_way_back_from_an_entry_keeps_how_the_chart_was_narrowed(desk, doctor, patient, as_actor):
    entry_id = signed_note(as_actor, doctor, patient.id)
    chart = f"/emr/patients/{patient.id}"

    narrowed, plain = (
        desk.get(f"/emr/entries/{entry_id}", headers={"Referer": f"http://localhost{came_from}"}).text
        for came_from in (f"{chart}?kind=note&year=", "/emr")
    )

    assert f'class="nhsuk-back-link" href="{chart}?kind=note&amp;year="' in narrowed
    assert f'class="nhsuk-back-link" href="{chart}"' in plain
