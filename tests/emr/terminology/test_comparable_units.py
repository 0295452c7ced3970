"""Two values stand in one comparison only where they are surely of one unit."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from emr.content.rules.subject import Subject
from emr.summaries.rules.measurements import flag_of
from emr.summaries.rules.summary import summary_of
from emr.terminology.rules.comparable_units import bears_unit, comparable
from tests.emr.fhir_import.factories import observation

UCUM = "http://unitsofmeasure.org"


def _coded(code: str, unit: str = "") -> dict:
    return {"value": 5, "system": UCUM, "code": code, **({"unit": unit} if unit else {})}


def _written(unit: str) -> dict:
    return {"value": 5, "unit": unit}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (_coded("umol/L"), _written("µmol/L"), True),  # the micro sign
        (_coded("umol/L"), _written("μmol/L"), True),  # the Greek letter
        (_coded("umol/L"), _written("мкмоль/л"), True),
        (_written("mg/dl"), _coded("mg/dL"), True),
        (_written("МГ/дл"), _coded("mg/dL"), False),
        (_coded("umol/L"), _coded("mg/dL"), False),
        (_coded("umol/L"), _coded("mmol/L"), False),
        # Grams, and thousand millions, in a litre.
        (_written("g/L"), _written("G/L"), False),
        # The code decides, whatever is written beside it.
        (_coded("mg/dL", "umol/L"), _coded("umol/L"), False),
        (_written(""), _written("mg/dL"), False),
        (_written(""), {"value": 7}, True),
    ],
)
def test_units_are_one_by_their_codes_else_by_how_they_are_written(one, other, same):
    assert comparable(one, other) is same
    assert comparable(other, one) is same


UNITS = some.sampled_from(["mg/dL", "mg/dl", "umol/L", "µmol/L", "мкмоль/л", "mmol/L", "g/L", "G/L", "", "%"])
QUANTITIES = some.tuples(UNITS, UNITS).map(lambda units: {"code": units[0], "unit": units[1]})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(QUANTITIES, QUANTITIES)
def test_a_unit_and_none_are_never_compared(one, other):
    assert comparable(one, one)
    if bears_unit(one) != bears_unit(other):
        assert not comparable(one, other)


@pytest.mark.parametrize(
    ("unit", "flag"), [("µmol/L", "high"), ("мкмоль/л", "high"), ("mg/dL", ""), (None, "high")]
)
def test_a_limit_in_another_unit_flags_nothing_and_is_told_with_its_unit(unit, flag):
    limit = {"value": 106, **({"unit": unit} if unit else {})}
    made = observation(
        "Patient/1", valueQuantity={"value": 115, **_coded_value("umol/L")}, referenceRange=[{"high": limit}]
    )

    facts = summary_of(made).facts

    assert flag_of(made, Subject()) == facts.flag == flag
    assert facts.value.en == "115 µmol/L"
    assert "106" in facts.detail.en
    if unit == "mg/dL":
        assert "mg/dL" in facts.detail.en


def _coded_value(code: str) -> dict:
    return {"system": UCUM, "code": code}
