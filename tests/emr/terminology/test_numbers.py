"""Numbers are shown with the digits they came with, and counted words follow the rules of each language."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from emr.summaries.rules.dosages import dosage_words
from emr.summaries.rules.measurements import flag_of
from emr.terminology.rules.numbers import number_words, quantity_words, range_words
from foundation.canonical_json import read_json
from foundation.language.bilingual import BilingualText

numbers = some.decimals(
    allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=12
)
written_numbers = some.from_regex(r"-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,18})?([eE]-?[0-9])?", fullmatch=True)


def read_back(shown: str) -> Decimal:
    return Decimal(shown.replace("−", "-").replace(",", "."))


@given(written_numbers)
def test_a_number_is_read_on_the_page_as_it_was_sent(written):
    sent = read_json(written)

    shown = number_words(sent)

    assert read_back(shown.en) == read_back(shown.ru) == Decimal(str(sent))


@given(some.integers(0, 10**9), some.integers(0, 12))
def test_not_even_a_nought_at_the_end_is_lost(digits, places):
    sent = Decimal(digits).scaleb(-places)

    assert number_words(sent).en == format(sent, "f")


@given(numbers, numbers)
def test_the_flag_says_what_the_shown_numbers_say(value, limit):
    usual = {"high": {"value": limit, "unit": "g/L"}}
    measured = {"valueQuantity": {"value": value, "unit": "g/L"}, "referenceRange": [usual]}

    shown_value, shown_limit = read_back(number_words(value).en), read_back(number_words(limit).en)

    assert (flag_of(measured) == "high") == (shown_value > shown_limit)


@given(numbers.filter(bool))
def test_what_is_not_nought_is_never_shown_as_nought(value):
    assert read_back(quantity_words({"value": value, "unit": "mg"}).en.removesuffix(" mg"))


@pytest.mark.parametrize(
    ("value", "english"),
    [
        (Decimal("1E-300"), "1 × 10⁻³⁰⁰"),
        (Decimal("-6.02214076E+23"), "−6.02214076 × 10²³"),
        (Decimal("0.0000001"), "0.0000001"),
        (Decimal("0E-2"), "0.00"),
        (float("nan"), ""),
        (True, ""),
    ],
)
def test_what_would_fill_lines_with_noughts_has_a_power_of_ten(value, english):
    assert number_words(value).en == english


def test_the_sign_of_hundredths_stands_as_each_language_sets_it():
    assert quantity_words({"value": Decimal("6.6"), "unit": "%"}) == BilingualText(
        "6.6%", "6,6\N{NO-BREAK SPACE}%"
    )


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        ("0", "0 points", "0 баллов"),
        ("1", "1 point", "1 балл"),
        ("2", "2 points", "2 балла"),
        ("5", "5 points", "5 баллов"),
        ("11", "11 points", "11 баллов"),
        ("21", "21 points", "21 балл"),
        ("1.5", "1.5 points", "1,5 балла"),
    ],
)
def test_a_counted_unit_follows_its_number(number, english, russian):
    assert quantity_words({"value": read_json(number), "unit": "{score}"}) == BilingualText(english, russian)


@pytest.mark.parametrize(
    ("number", "russian"),
    [
        ("1", "не более 1 балла"),
        ("2", "не более 2 баллов"),
        ("21", "не более 21 балла"),
        ("1.5", "не более 1,5 балла"),
    ],
)
def test_a_counted_unit_stands_in_the_case_that_its_limit_asks_for(number, russian):
    assert range_words({"high": {"value": read_json(number), "unit": "{score}"}}).ru == russian


def taken(**repeat: object) -> BilingualText:
    return dosage_words({"timing": {"repeat": repeat}})


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        ("0", "0 times a day", "0 раз в день"),
        ("1", "once a day", "1 раз в день"),
        ("2", "2 times a day", "2 раза в день"),
        ("5", "5 times a day", "5 раз в день"),
        ("11", "11 times a day", "11 раз в день"),
        ("21", "21 times a day", "21 раз в день"),
        ("1.5", "1.5 times a day", "1,5 раза в день"),
    ],
)
def test_how_often_follows_its_number(number, english, russian):
    assert taken(frequency=read_json(number), period=1, periodUnit="d") == BilingualText(english, russian)


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        ("2", "once every 2 weeks", "1 раз в 2 недели"),
        ("5", "once every 5 weeks", "1 раз в 5 недель"),
        ("11", "once every 11 weeks", "1 раз в 11 недель"),
        ("21", "once every 21 weeks", "1 раз в 21 неделю"),
        ("1.5", "once every 1.5 weeks", "1 раз в 1,5 недели"),
    ],
)
def test_how_far_apart_follows_its_number(number, english, russian):
    assert taken(frequency=1, period=read_json(number), periodUnit="wk") == BilingualText(english, russian)


def test_a_dose_keeps_its_digits_and_all_that_is_said_of_it():
    dosage = {
        "timing": {
            "repeat": {
                "frequency": 1, "frequencyMax": 2, "period": 1, "periodUnit": "d", "when": ["PC"],
                "boundsDuration": {"value": 7, "unit": "d"},
            }
        },
        "asNeededCodeableConcept": {"text": "боль"},
        "doseAndRate": [{"doseQuantity": {"value": Decimal("0.0125"), "unit": "mg"}}],
        "maxDosePerPeriod": {"numerator": {"value": Decimal("0.05"), "unit": "mg"}, "denominator": {"value": 1, "unit": "d"}},
    }  # fmt: skip

    assert dosage_words(dosage).ru == (
        "0,0125 мг, 1–2 раза в день, после еды, курс: 7 дней, при необходимости: боль, не более 0,05 мг / 1 день"
    )


def test_a_dosage_with_more_than_there_are_words_for_says_so():
    assert taken(frequency=1, period=1, periodUnit="d", offset=30).en == (
        "once a day, more is written in the original than can be shown here"
    )


SAMPLES = {
    "Duration": {"value": 7, "unit": "d"},
    "Period": {"start": "2026-05-03"},
    "Range": {"low": {"value": 1, "unit": "d"}},
}
OF_REPEAT = [
    *({f"bounds{kind}": sample} for kind, sample in SAMPLES.items()),
    *({name: 3} for name in ("count", "countMax", "duration", "durationMax", "frequency", "frequencyMax", "offset")),
    {"duration": 3, "durationUnit": "h"}, {"period": 2, "periodUnit": "s"}, {"periodMax": 2, "periodUnit": "d"},
    {"frequency": 3, "periodMax": 8, "periodUnit": "h"}, {"frequency": 3, "period": 8, "periodUnit": "fortnight"},
    {"dayOfWeek": ["mon"]}, {"timeOfDay": ["08:00:00"]}, {"when": ["PHS"]}, {"when": ["NOON.SHARP"]},
]  # fmt: skip
OF_DOSAGE = [
    *({name: {"text": "words"}} for name in ("site", "route", "method", "asNeededCodeableConcept")),
    *({"doseAndRate": [{name: {}}]} for name in ("doseRange", "doseQuantity", "rateRatio", "rateRange", "rateQuantity")),
    {"additionalInstruction": [{"text": "words"}]}, {"patientInstruction": "words"}, {"asNeededBoolean": True},
    {"text": "as told", "patientInstruction": "words"}, {"timing": {"event": ["2026"]}}, {"timing": {"code": {"text": "BID"}}},
    {"maxDosePerLifetime": {"value": 1}}, {"maxDosePerAdministration": {"value": 1}}, {"dose": {"value": 5}},
]  # fmt: skip


@pytest.mark.parametrize("dosage", [*({"timing": {"repeat": each}} for each in OF_REPEAT), *OF_DOSAGE])
def test_nothing_that_is_said_of_a_dosage_goes_without_a_word(dosage):
    told = dosage_words({"doseAndRate": [{"doseQuantity": {"value": 1, "unit": "mg"}}], **dosage})

    assert told.en not in ("", "1 mg", "as told")


@pytest.mark.parametrize(
    "number", ["1e28", "1e29", "-1e40", "1e400", "1e100000", "1e-100000", "123456789012345678901234567891"]
)
@pytest.mark.parametrize("unit", ["{score}", "d", "{tbl}", "mg", "%"])
def test_a_vast_number_breaks_no_line(number, unit):
    quantity = {"value": Decimal(number), "unit": unit}
    repeat = {
        "frequency": Decimal(number),
        "period": Decimal(number),
        "periodUnit": "d",
        "count": Decimal(number),
    }

    assert quantity_words(quantity).ru
    assert range_words({"low": quantity}).ru
    assert range_words({"low": quantity, "high": quantity}).ru
    assert dosage_words({"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": quantity}]}).ru
