"""A result stands beside the one before it: the same test, the nearest earlier one that counts, with its unit and day."""

import re
from html import unescape
from uuid import uuid4

import pytest

from emr.entries.enumerations import Kind
from emr.timeline.queries.timeline import timeline_of
from tests.emr.fhir_import.factories import imported_patient, person_with

POTASSIUM = {"system": "http://loinc.org", "code": "2823-3"}
USUAL = {"low": {"value": 3.5, "unit": "mmol/L"}, "high": {"value": 5.1, "unit": "mmol/L"}}


def measured(value, on, *, unit="mmol/L", code=POTASSIUM, **changes):
    def made(who):
        return {
            "resourceType": "Observation",
            "status": "final",
            "code": {"coding": [code], "text": "Potassium of the test"},
            "subject": {"reference": who},
            "valueQuantity": {"value": value, "unit": unit},
            **({"effectiveDateTime": on} if on else {}),
            **changes,
        }

    return made


@pytest.fixture
def told(as_loader, doctor, desk, client_for, patient):
    """What the newest result's page says of the value before it: to the doctor, and the same to the patient."""

    def of(*made, language="en", label=r"Previous value|Предыдущее значение", addresses=()):
        value = person_with(*made)
        for number, address in dict(addresses).items():
            value["entry"][1 + number]["fullUrl"] = address
        patient_id = imported_patient(as_loader, value, facility_id=doctor.facility_id)
        citizen = client_for(type(patient.actor)(**{**_fields(patient.actor), "patient_id": patient_id}))
        with as_loader() as session:
            line = timeline_of(session, patient_id, kind=Kind.RESULT).lines[0]
        pages = [(desk, f"/emr/entries/{line.entry_id}"), (citizen, f"/my/timeline/{line.entry_id}")]
        words = set()
        for browser, address in pages:
            browser.set_cookie("language", language)
            words.add(_value(browser.get(address).text, label))
        [said] = words
        return said

    return of


def _fields(actor):
    return {name: getattr(actor, name) for name in type(actor).__dataclass_fields__}


def _value(page, label):
    """What stands beside a label, "" where it stands nowhere."""
    found = re.search(rf"<dt[^>]*>\s*(?:{label})\s*</dt>\s*<dd[^>]*>(.*?)</dd>", page, re.DOTALL)
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", found[1]).split())) if found else ""


NOW = measured(5.6, "2026-05-03")


def test_the_nearest_earlier_value_is_told_with_its_unit_and_day(told):
    older, nearest = measured(4.2, "2025-01-01"), measured(4.90, "2026-02-01")

    assert told(older, NOW, nearest) == "4.9 mmol/L, 1 February 2026; higher now"


def test_it_is_told_in_russian(told):
    assert told(NOW, measured(5.6, "2026-02-01"), language="ru") == (
        "5,6 ммоль/л, 1 февраля 2026 г.; сейчас столько же"
    )


def test_that_there_is_none_is_told_only_where_there_is_none(told):
    other = measured(4.2, "2025-01-01", code={"system": "http://loinc.org", "code": "2951-2"})

    assert told(NOW) == "no earlier value in this record"
    assert told(NOW, other) == "no earlier value in this record"


def test_what_no_longer_counts_is_passed_over(told):
    mistaken = measured(9.9, "2026-04-01", status="entered-in-error")
    cancelled = measured(9.8, "2026-04-02", status="cancelled")

    assert told(NOW, mistaken, cancelled) == "no earlier value in this record"
    assert told(NOW, mistaken, cancelled, measured(6, "2026-02-01")) == "6 mmol/L, 1 February 2026; lower now"


def test_units_that_differ_are_not_compared(told):
    assert told(NOW, measured(21, "2026-02-01", unit="mg/dL")) == (
        "21 mg/dL, 1 February 2026; in another unit, not compared"
    )


def test_a_year_that_has_passed_is_surely_earlier(told):
    assert told(NOW, measured(4.2, "2024")) == "4.2 mmol/L, 2024; higher now"


@pytest.mark.parametrize("on", ["2026", "2026-05", "2026-05-03T10:00:00Z", ""])
def test_what_may_have_been_later_is_not_called_earlier(told, on):
    assert told(NOW, measured(4.2, on)) in ("", "no earlier value in this record")


def test_a_code_of_another_system_is_another_test(told):
    assert told(NOW, measured(4.2, "2026-02-01", code={"system": "urn:own", "code": "2823-3"})) == ""


def test_the_range_and_the_flag_stand_beside_it_in_words(told):
    high = measured(5.6, "2026-05-03", referenceRange=[USUAL])

    assert told(high, label="Normal range") == "3.5 to 5.1 mmol/L"
    assert told(high, label="Assessment") == "above normal"


def test_each_result_of_a_report_has_its_own(told):
    result = f"urn:uuid:{uuid4()}"
    report = {
        "resourceType": "DiagnosticReport",
        "status": "final",
        "code": {"text": "Electrolytes"},
        "effectiveDateTime": "2026-05-04",
        "result": [{"reference": result}],
    }
    now = measured(5.6, "2026-05-03", referenceRange=[USUAL])

    assert told(
        lambda who: {**report, "subject": {"reference": who}},
        now,
        measured(4.9, "2026-02-01"),
        label="[^<]*otassium[^<]*",
        addresses={1: result},
    ) == (
        "5.6 mmol/L; above normal; normal is 3.5 to 5.1 mmol/L; before: 4.9 mmol/L, 1 February 2026; higher now"
    )
