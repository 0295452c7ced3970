"""Every spelling of value[x], onset[x] and their like is told in words, or the page says that there is one."""

import json
from datetime import timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from emr.content.rules.subject import Subject
from emr.details.rules.sections import Told, sections_of
from emr.summaries.rules.summary import summary_of
from emr.terminology.rules.choices import choice_words
from emr.terminology.rules.values import UNSHOWN, absence_words, value_words
from foundation.language.bilingual import BilingualText

LONG = "Очаговых изменений нет. " * 20 + "Контроль через год."
ORENBURG = timezone(timedelta(hours=5))


@pytest.mark.parametrize(
    ("name", "value", "english", "russian"),
    [
        ("valueQuantity", {"value": Decimal("6.60"), "unit": "mmol/L"}, "6.60 mmol/L", "6,60 ммоль/л"),
        ("valueCodeableConcept", {"text": "отрицательно"}, "отрицательно", "отрицательно"),
        ("valueString", "мутная", "мутная", "мутная"),
        ("valueBoolean", False, "no", "нет"),
        ("valueInteger", 0, "0", "0"),
        ("valueRange", {"low": {"value": 1, "unit": "mg"}, "high": {"value": 2, "unit": "mg"}}, "1 to 2 mg", "от 1 до 2 мг"),
        ("valueRange", {"low": {"value": 1, "unit": "g"}, "high": {"value": 2, "unit": "mg"}}, "1 g to 2 mg", "от 1 г до 2 мг"),
        ("valueRatio", {"numerator": {"value": 1}, "denominator": {"value": 64}}, "1 : 64", "1 : 64"),
        (
            "valueSampledData",
            {"origin": {"value": 1, "unit": "mm"}, "period": 10, "factor": Decimal("0.5"), "dimensions": 1, "data": "1 2 U"},
            "a series of values: 3, one every 10 ms: 1.5; 2.0; above what can be measured mm",
            "ряд значений: 3, по одному каждые 10 мс: 1,5; 2,0; выше измеримого мм",
        ),
        ("valueTime", "14:05:00", "14:05", "14:05"),
        ("valueTime", "14:05:30", "14:05:30", "14:05:30"),
        ("valueDateTime", "2024-08-01T23:30:00Z", "2 August 2024, 04:30", "2 августа 2024\u00a0г., 04:30"),
        ("valuePeriod", {"start": "2024-01-01", "end": "2024-01-09"}, "1 January 2024 to 9 January 2024",
         "1 января 2024\u00a0г. — 9 января 2024\u00a0г."),
        ("valueAttachment", {"url": "x"}, UNSHOWN.en, UNSHOWN.ru),
        ("valueQuantity", {"unit": "mg"}, UNSHOWN.en, UNSHOWN.ru),
        ("_valueString", {"extension": []}, UNSHOWN.en, UNSHOWN.ru),
    ],
)  # fmt: skip
def test_every_type_of_value_has_words(name, value, english, russian):
    assert value_words({name: value}, zone=ORENBURG) == BilingualText(english, russian)


def test_only_what_has_no_value_is_told_as_none():
    assert not value_words({"status": "final"}, zone=ORENBURG)


def test_a_series_is_reckoned_with_every_digit():
    sampled = {
        "origin": {"value": Decimal("0.00000000000000000000000000001")},
        "factor": Decimal("1.23456789012345678901"),
        "period": 1,
        "data": "1.23456789012345678901",
    }

    told = value_words({"valueSampledData": sampled}, zone=ORENBURG)

    reckoned = 123456789012345678901**2 + 10**11
    assert told.en.endswith(f": 1.{str(reckoned)[1:]}")


def test_a_long_series_tells_its_least_and_its_greatest_value():
    data = " ".join(str(number) for number in range(-50, 51))

    told = value_words(
        {"valueSampledData": {"origin": {"value": 0}, "period": 4, "data": data}}, zone=ORENBURG
    )

    assert told.en == "a series of values: 101, one every 4 ms: −50 to 50"


def test_the_reason_for_a_missing_value_is_told_in_words():
    reason = {"coding": [{"code": "error"}]}

    assert absence_words({"dataAbsentReason": reason}).ru == "значения нет: измерить не удалось"


@pytest.mark.parametrize(
    ("onset", "russian"),
    [
        ({"onsetAge": {"value": 41, "code": "a"}}, "в возрасте 41 года"),
        ({"onsetAge": {"value": 3, "code": "mo"}}, "в возрасте 3 месяцев"),
        (
            {"onsetRange": {"low": {"value": 2, "code": "a"}, "high": {"value": 5, "code": "a"}}},
            "в возрасте от 2 до 5 лет",
        ),
        ({"onsetString": "в детстве"}, "в детстве"),
        ({"onsetPeriod": {"start": "2020"}}, "2020\u00a0г., конец не указан"),
        ({"onsetPeriod": {"start": "2020", "end": "2020"}}, "2020\u00a0г."),
        ({"onsetPeriod": {"end": "2020"}}, "до 2020\u00a0г."),
        ({"onsetDateTime": "2020-05"}, "май 2020\u00a0г."),
        ({"onsetTiming": {"event": ["2020-05-01", "2020-06-01"]}}, "1 мая 2020\u00a0г.; 1 июня 2020\u00a0г."),
        ({"onsetBoolean": True}, "да"),
        ({"onsetSomething": {}}, UNSHOWN.ru),
    ],
)
def test_every_spelling_of_a_beginning_has_words(onset, russian):
    assert [each.ru for each in choice_words(onset, "onset", zone=ORENBURG)] == [russian]


def test_a_diagnosis_that_ended_at_an_age_says_so_on_its_page():
    condition = {"resourceType": "Condition", "abatementAge": {"value": 21, "unit": "years"}}

    [section] = sections_of(condition, told=Told(), subject=Subject(zone=ORENBURG))

    assert ("Ended", "в возрасте 21 года") in [(field.label.en, field.value.ru) for field in section.fields]


def test_values_of_less_common_types_stand_on_the_line_and_on_the_page(shared_data):
    told = {}
    for each in _case(shared_data, "other-values"):
        subject = Subject(zone=ORENBURG)
        line = summary_of(each, subject).facts
        fields = {
            field.label.en: field.value for field in sections_of(each, told=Told(), subject=subject)[0].fields
        }
        assert fields["Result"] == line.value
        told[line.headline.en] = line.value.en

    assert told == {
        "H7 value period": "1 January 2024 to 9 January 2024",
        "H7 value sampled": "a series of values: 3, one every 10 ms: 1; 2; 3",
        "H7 value dateTime": "2 August 2024, 04:30",
        "H7 absent": "no value: the measurement failed",
    }


def _case(shared_data: Path, name: str) -> list[dict[str, object]]:
    bundle = json.loads((shared_data.parent / "cases" / name / "values.json").read_text(encoding="utf-8"))
    resources = [each["resource"] for each in bundle["entry"]]
    return [each for each in resources if each["resourceType"] == "Observation"]


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Observation", "valueString": LONG},
        {"resourceType": "DiagnosticReport", "conclusion": LONG},
        {"resourceType": "MedicationRequest", "dosageInstruction": [{"text": LONG}]},
    ],
)
def test_a_long_text_is_cut_on_its_line_and_whole_on_its_page(resource):
    shown = [
        field.value.ru
        for section in sections_of(resource, told=Told(), subject=Subject(zone=ORENBURG))
        for field in section.fields
    ]

    assert LONG in shown
    assert summary_of(resource).facts.value.ru.endswith("…")
