"""One line of the timeline."""

import json

import pytest

from emr.content.rules.subject import Subject
from emr.details.rules.sections import Told, sections_of
from emr.entries.enumerations import Kind
from emr.summaries.rules.facts import from_row, to_row
from emr.summaries.rules.measurements import flag_of
from emr.summaries.rules.summary import summary_of
from foundation.canonical_json import read_json
from foundation.clock import zone
from tests.emr.fhir_import.factories import observation


def test_blood_pressure_is_said_as_everybody_says_it():
    pressure = observation("Patient/1", code={"text": "Blood Pressure"}, component=[
        {"code": {"coding": [{"code": "8462-4"}]}, "valueQuantity": {"value": 79.6, "unit": "mm[Hg]"}},
        {"code": {"coding": [{"code": "8480-6"}]}, "valueQuantity": {"value": 119.8, "unit": "mm[Hg]"}},
    ])  # fmt: skip
    del pressure["valueQuantity"]

    assert summary_of(pressure).facts.value == ("119.8/79.6 mmHg", "119,8/79,6 мм рт. ст.")


def test_vital_signs_are_told_from_laboratory_results():
    assert summary_of(observation("Patient/1")).kind is Kind.RESULT
    signs = observation("Patient/1", category=[{"coding": [{"code": "vital-signs"}]}])
    assert summary_of(signs).kind is Kind.VITAL


@pytest.mark.parametrize(("value", "flag"), [(119, "low"), (120, ""), (160, ""), (161, "high")])
def test_a_value_is_flagged_by_the_range_that_came_with_it(value, flag):
    usual = {"low": {"value": 120, "unit": "g/L"}, "high": {"value": 160, "unit": "g/L"}}
    measured = observation("Patient/1", valueQuantity={"value": value, "unit": "g/L"}, referenceRange=[usual])

    assert flag_of(measured) == flag


def test_the_laboratorys_own_word_goes_before_the_range():
    normal = [{"coding": [{"code": "N"}]}]
    usual = {"low": {"value": 200, "unit": "g/L"}}

    assert flag_of(observation("Patient/1", interpretation=normal, referenceRange=[usual])) == ""


def test_a_range_in_another_unit_flags_nothing():
    usual = {"low": {"value": 500, "unit": "mg/dL"}}

    assert flag_of(observation("Patient/1", referenceRange=[usual])) == ""


def test_a_resolved_diagnosis_is_not_active():
    resolved = {"coding": [{"code": "resolved"}]}
    condition = {"resourceType": "Condition", "code": {"text": "Otitis media"}, "clinicalStatus": resolved}

    facts = summary_of(condition).facts

    assert (facts.active, facts.headline.ru) == (False, "Средний отит")


def test_a_type_without_words_of_its_own_still_has_a_headline():
    assert summary_of({"resourceType": "Basic", "code": {"text": "x"}}).facts.headline.en == "Basic"


def test_facts_come_back_from_the_database_as_they_went():
    facts = summary_of(observation("Patient/1")).facts

    assert from_row(json.loads(json.dumps(to_row(facts)))) == facts


def test_a_narrative_is_read_as_text_and_never_as_markup():
    div = "<div><p>One <b>bold</b> word</p><script>alert(1)</script><p>&lt;img onerror=x&gt;</p></div>"
    resource = {"resourceType": "Basic", "text": {"status": "generated", "div": div}}

    [section] = sections_of(resource, told=Told(), subject=Subject(zone=zone()))

    assert section.fields[-1].value.en == "One bold word\n<img onerror=x>"


def test_every_synthea_resource_has_a_headline_in_both_languages(shared_data):
    untold = []
    for file in sorted((shared_data / "fhir" / "synthea").glob("[a-z]*.json")):
        for each in read_json(file.read_text(encoding="utf-8"))["entry"]:
            facts = summary_of(each["resource"]).facts
            latin = facts.headline.ru.isascii() and facts.headline.ru not in ("NT-proBNP",)
            if latin and each["resource"]["resourceType"] not in ("Organization", "Practitioner"):
                untold.append(facts.headline.ru)
    assert untold == []


def test_a_summary_drawn_before_the_fact_had_its_name_still_says_that_the_entry_was_an_error():
    assert from_row({"withdrawn": True}).entered_in_error


def test_a_calculated_dose_is_told_apart_from_the_ordered_one():
    def dose(value: float, kind: str = "") -> dict:
        told = {"type": {"coding": [{"code": kind}]}} if kind else {}
        return {"doseQuantity": {"value": value, "unit": "mg"}, **told}

    def taken(*doses: dict) -> str:
        order = {"resourceType": "MedicationRequest", "dosageInstruction": [{"doseAndRate": list(doses)}]}
        return summary_of(order).facts.value.en

    assert taken(dose(5, "ordered")) == taken(dose(5)) == "5 mg"
    assert taken(dose(4.8, "calculated")) == "calculated dose: 4.8 mg"
    assert taken(dose(5, "ordered"), dose(4.8, "calculated")) == "ordered dose: 5 mg, calculated dose: 4.8 mg"
