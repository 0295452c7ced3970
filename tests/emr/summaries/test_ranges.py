"""Reference ranges are chosen by the sex and the age of the patient, and the flag says nothing where none can be."""

from datetime import date

import pytest

from emr.content.rules.subject import Subject
from emr.summaries.rules.measurements import flag_of
from emr.summaries.rules.summary import summary_of
from identity.people.enumerations import Birth
from tests.emr.fhir_import.factories import observation

SEX = "http://hl7.org/fhir/administrative-gender"


def usual(
    low: int, high: int, *, sex: str = "", age: tuple[int, int] | None = None, of: str = "a"
) -> dict[str, object]:
    made: dict[str, object] = {"low": {"value": low, "unit": "g/L"}, "high": {"value": high, "unit": "g/L"}}
    if sex:
        made["appliesTo"] = [{"coding": [{"system": SEX, "code": sex}]}]
    if age:
        made["age"] = {"low": {"value": age[0], "code": of}, "high": {"value": age[1], "code": of}}
    return made


BY_SEX = [usual(120, 140, sex="female"), usual(132, 173, sex="male")]
BY_AGE = [usual(110, 140, age=(0, 17)), usual(132, 173, age=(18, 120))]


def measured(ranges: list[dict[str, object]], **changes: object) -> dict[str, object]:
    return observation("Patient/1", referenceRange=ranges, **changes)


def flagged(ranges: list[dict[str, object]], subject: Subject, **changes: object) -> str:
    made = measured(ranges, **changes)
    return flag_of(made, subject)


@pytest.mark.parametrize(
    ("sex", "flag"), [("female", ""), ("male", "low"), ("other", ""), ("unknown", ""), ("", "")]
)
def test_the_range_of_the_patients_sex_is_chosen(sex, flag):
    assert flagged(BY_SEX, Subject(sex=sex)) == flag


@pytest.mark.parametrize(
    ("born_on", "flag"),
    [(date(2008, 5, 4), ""), (date(2008, 5, 3), "low"), (None, "")],
)
def test_the_range_of_the_patients_age_on_that_day_is_chosen(born_on, flag):
    assert flagged(BY_AGE, Subject(birth=Birth(born_on) if born_on else None)) == flag


@pytest.mark.parametrize(
    ("born", "flag"), [("2007", "low"), ("2008", ""), ("2008-04", "low"), ("2008-05", "")]
)
def test_of_a_birth_known_by_its_year_a_range_is_chosen_only_if_it_holds_on_every_day_of_it(born, flag):
    assert flagged(BY_AGE, Subject(birth=Birth.read(born))) == flag


def test_a_range_between_the_youngest_and_the_oldest_that_they_can_be_stays_open():
    """Born in 2026, measured in May of it: neither the youngest nor the oldest are three months old, many between are."""
    by_month = [usual(132, 173, age=(3, 3), of="mo"), usual(110, 140)]

    assert flagged(by_month, Subject(birth=Birth.read("2026"))) == ""


def test_where_only_the_year_of_measurement_is_known_a_birthday_in_it_leaves_the_range_open():
    assert flagged(BY_AGE, Subject(birth=Birth(date(2008, 5, 3))), effectiveDateTime="2026") == ""
    assert flagged(BY_AGE, Subject(birth=Birth(date(2000, 5, 3))), effectiveDateTime="2026") == "low"


def test_the_line_tells_the_chosen_range_alone():
    facts = summary_of(measured(BY_SEX), Subject(sex="male")).facts

    assert (facts.detail.en, facts.flag) == ("normal is 132 to 173 g/L", "low")
    assert summary_of(measured(BY_SEX), Subject()).facts.detail.en == ""


def test_the_only_range_of_the_other_sex_is_not_used():
    assert flagged(BY_SEX[1:], Subject(sex="female")) == ""


def test_a_range_on_a_condition_that_we_cannot_know_leaves_all_open():
    pregnant = {**usual(135, 150), "appliesTo": [{"text": "third trimester"}]}

    assert flagged([usual(135, 150, sex="female"), pregnant], Subject(sex="female")) == ""


def test_what_is_said_of_the_sex_goes_before_what_is_said_of_everybody():
    assert flagged([usual(120, 173), *BY_SEX], Subject(sex="male")) == "low"


def test_a_range_of_treatment_flags_nothing():
    therapeutic = {**usual(140, 150), "type": {"coding": [{"code": "therapeutic"}]}}

    assert flagged([therapeutic], Subject(sex="male")) == ""


@pytest.mark.parametrize(
    ("comparator", "value", "flag"),
    [("<", 120, "low"), ("<", 121, ""), ("<=", 119, "low"), ("<=", 120, ""), (">", 140, "high"), (">", 139, ""), (">=", 140, "")],
)  # fmt: skip
def test_a_comparator_flags_only_what_is_sure(comparator, value, flag):
    quantity = {"value": value, "unit": "g/L", "comparator": comparator}

    assert flagged(BY_SEX, Subject(sex="female"), valueQuantity=quantity) == flag


def test_of_several_words_of_the_laboratory_the_alarming_one_counts():
    words = [{"coding": [{"code": "local"}, {"code": "N"}]}, {"coding": [{"code": "H"}]}]

    assert flagged([], Subject(), interpretation=words) == "high"
