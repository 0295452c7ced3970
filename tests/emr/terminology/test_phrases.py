"""Words for codes, numbers and dates."""

from datetime import timedelta, timezone
from decimal import Decimal

import pytest

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.dates import date_words, period_words
from emr.terminology.rules.numbers import number_words, quantity_words, range_words
from emr.terminology.rules.phrases import FOLDER, of_concept, phrase
from foundation.language.bilingual import BilingualText

ORENBURG = timezone(timedelta(hours=5))


def test_a_known_laboratory_code_has_our_short_name():
    concept = {
        "coding": [
            {"system": "http://loinc.org", "code": "4548-4", "display": "Hemoglobin A1c/Hemoglobin.total"}
        ]
    }

    assert of_concept(concept) == BilingualText(
        "Glycated haemoglobin (HbA1c)", "Гликированный гемоглобин (HbA1c)"
    )


def test_an_unknown_code_shows_what_the_source_wrote():
    concept = {"coding": [{"system": "http://loinc.org", "code": "99999-9", "display": "Strange (finding)"}]}

    assert of_concept(concept) == BilingualText("Strange", "Strange")


def test_a_phrase_is_known_whatever_class_its_source_puts_in_brackets():
    assert phrase("Acute bronchitis (disorder)").ru == "Острый бронхит"


def test_direction_marks_and_line_breaks_of_the_source_are_not_shown():
    assert sanitized_text("a\u202eb\n c\u200b") == "a b c"


@pytest.mark.parametrize(
    ("value", "english", "russian"),
    [
        (Decimal("173.45484138767452"), "173.45484138767452", "173,45484138767452"),
        (Decimal("0.00012"), "0.00012", "0,00012"),
        (Decimal("1.10"), "1.10", "1,10"),
        (5, "5", "5"),
        (-3.5, "−3.5", "−3,5"),
    ],
)
def test_numbers_keep_the_digits_they_came_with(value, english, russian):
    assert number_words(value) == BilingualText(english, russian)


def test_a_quantity_carries_its_unit_in_both_languages():
    assert quantity_words({"value": 5, "unit": "mmol/L", "comparator": "<"}) == BilingualText(
        "<5 mmol/L", "<5 ммоль/л"
    )


def test_a_range_may_be_open_at_one_end():
    assert range_words({"high": {"value": 5, "unit": "mmol/L"}}).en == "at most 5 mmol/L"


@pytest.mark.parametrize(
    ("written", "english", "russian"),
    [
        ("2026", "2026", "2026\u00a0г."),
        ("2026-05", "May 2026", "май 2026\u00a0г."),
        ("2026-05-03", "3 May 2026", "3 мая 2026\u00a0г."),
        ("2026-05-03T20:30:00Z", "4 May 2026, 01:30", "4 мая 2026\u00a0г., 01:30"),
    ],
)
def test_a_date_is_told_no_more_exactly_than_it_was_written(written, english, russian):
    assert date_words(written, zone=ORENBURG) == BilingualText(english, russian)


def test_a_period_of_one_day_names_it_once():
    assert period_words({"start": "2026-05-03", "end": "2026-05-03"}, zone=ORENBURG).en == "3 May 2026"


def test_hours_of_one_day_are_told_after_it():
    told = period_words(
        {"start": "2026-05-03T10:00:00+05:00", "end": "2026-05-03T10:25:00+05:00"}, zone=ORENBURG
    )

    assert told == BilingualText("3 May 2026, 10:00–10:25", "3 мая 2026\u00a0г., 10:00–10:25")


def test_every_row_of_the_tables_has_both_languages():
    tables = sorted(FOLDER.glob("*.tsv"))

    assert [table.stem for table in tables] == ["cvx", "glossary", "loinc", "units"]
    for table in tables:
        rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]
        assert rows
        assert all(len(row) == 3 and bool(row[1]) == bool(row[2]) for row in rows), table.name
        assert len({row[0] for row in rows}) == len(rows), table.name


def test_a_translation_that_the_source_sent_is_used():
    russian = {
        "url": "http://hl7.org/fhir/StructureDefinition/translation",
        "extension": [
            {"url": "lang", "valueCode": "ru-RU"},
            {"url": "content", "valueString": "Перелом ладьевидной кости"},
        ],
    }

    said = of_concept({"text": "Fracture of scaphoid", "_text": {"extension": [russian]}})

    assert said == BilingualText("Fracture of scaphoid", "Перелом ладьевидной кости")


@pytest.mark.parametrize(
    "beside", [None, 1, {"extension": "x"}, {"extension": [{"url": 1, "extension": [{}]}]}]
)
def test_a_misshapen_translation_is_passed_over(beside):
    assert of_concept({"text": "Something new", "_text": beside}) == BilingualText(
        "Something new", "Something new"
    )
