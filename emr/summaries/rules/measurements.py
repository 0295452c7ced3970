"""Summaries of observations and of reports that gather them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.facts import Facts
from emr.terminology.rules.numbers import quantity_words, range_words, value_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in, status_unless_default
from foundation.language.bilingual import BilingualText, bilingual

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
HIGH, LOW, ABNORMAL, NORMAL = "high", "low", "abnormal", ""
# http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation
INTERPRETATIONS = {
    "N": NORMAL, "H": HIGH, "HH": HIGH, "HU": HIGH, "L": LOW, "LL": LOW, "LU": LOW, "A": ABNORMAL, "AA": ABNORMAL,
    "POS": ABNORMAL, "DET": ABNORMAL,
}  # fmt: skip
FLAG_WORDS = {
    HIGH: bilingual("above the usual"),
    LOW: bilingual("below the usual"),
    ABNORMAL: bilingual("unusual"),
    NORMAL: NOTHING,
}


def of_observation(observation: Mapping[str, Any]) -> Facts:
    """A measurement or finding: its name, the value with unit, whether it lies outside its range."""
    return Facts(
        headline=of_concept(observation.get("code")),
        value=_value(observation),
        detail=_usual_range(observation),
        state=status_unless_default(observation.get("status")),
        flag=flag_of(observation),
        code=code_in(observation.get("code")),
    )


def of_report(report: Mapping[str, Any]) -> Facts:
    """A report: its name and conclusion, or how many results it gathers."""
    results = len(report.get("result") or [])
    conclusion = phrase(report.get("conclusion"))
    count = bilingual("results: %(count)s", count=results) if results else NOTHING
    return Facts(
        headline=of_concept(report.get("code")),
        value=conclusion or count,
        state=status_unless_default(report.get("status")),
        code=code_in(report.get("code")),
    )


def flag_of(holder: Mapping[str, Any]) -> str:
    """Outside the range or not: by the laboratory's own word, else by the reference range that came with the value."""
    for concept in holder.get("interpretation") or []:
        if (code := code_in(concept)) in INTERPRETATIONS:
            return INTERPRETATIONS[code]
    quantity = holder.get("valueQuantity")
    quantity = quantity if isinstance(quantity, Mapping) else {}
    value = quantity.get("value")
    if not isinstance(value, int | float | Decimal):
        return NORMAL
    # A comparator ("<5") or several ranges (by age, by sex) leave open what is usual for this person.
    ranges = holder.get("referenceRange") or []
    if quantity.get("comparator") or len(ranges) != 1:
        return NORMAL
    low, high = (
        _bound(ranges[0], end, unit=quantity.get("code") or quantity.get("unit")) for end in ("low", "high")
    )
    if low is not None and value < low:
        return LOW
    return HIGH if high is not None and value > high else NORMAL


def _bound(interval: Mapping[str, Any], end: str, *, unit: object) -> Any:
    bound = interval.get(end)
    if not isinstance(bound, Mapping) or isinstance(bound.get("value"), bool):
        return None
    written = bound.get("code") or bound.get("unit")
    comparable = written is None or unit is None or written == unit
    return (
        bound.get("value") if comparable and isinstance(bound.get("value"), int | float | Decimal) else None
    )


def _value(observation: Mapping[str, Any]) -> BilingualText:
    amount_words = value_words(observation)
    if amount_words:
        return amount_words
    components = [each for each in observation.get("component") or [] if isinstance(each, Mapping)]
    if pressure := _blood_pressure(components):
        return pressure
    parts = [_named(each) for each in components]
    return joined(parts) or of_concept(observation.get("dataAbsentReason"))


def _named(component: Mapping[str, Any]) -> BilingualText:
    value = value_words(component)
    name = of_concept(component.get("code"))
    return BilingualText(f"{name.en}: {value.en}", f"{name.ru}: {value.ru}") if value else NOTHING


def _blood_pressure(components: list[Mapping[str, Any]]) -> BilingualText:
    """120/80 mmHg, as everybody says it."""
    by_code = {code_in(each.get("code")): each.get("valueQuantity") for each in components}
    upper, lower = by_code.get(SYSTOLIC), by_code.get(DIASTOLIC)
    if not isinstance(upper, Mapping) or not isinstance(lower, Mapping):
        return NOTHING
    bare = {name: upper[name] for name in ("value", "comparator") if name in upper}
    pairs = zip(quantity_words(_whole(bare)), quantity_words(_whole(lower)), strict=True)
    return BilingualText(*(f"{above}/{below}" for above, below in pairs))


def _whole(quantity: Mapping[str, Any]) -> Mapping[str, Any]:
    value = quantity.get("value")
    return {**quantity, "value": round(value)} if isinstance(value, float | Decimal) else quantity


def _usual_range(observation: Mapping[str, Any]) -> BilingualText:
    ranges = observation.get("referenceRange") or []
    if len(ranges) != 1:
        return NOTHING
    usual = range_words(ranges[0]) or phrase(sanitized_text(ranges[0].get("text")))
    return bilingual("usual: %(range)s", range=usual) if usual else NOTHING
