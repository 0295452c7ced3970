"""Summaries of observations and of reports that gather them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from emr.content.rules.subject import UNKNOWN_SUBJECT, Subject
from emr.summaries.rules.facts import Facts
from emr.summaries.rules.ranges import range_for
from emr.summaries.rules.standing import counts_today
from emr.terminology.rules.comparable_units import bears_unit, comparable
from emr.terminology.rules.numbers import number_in, quantity_words, range_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in
from emr.terminology.rules.values import absence_words, value_words
from foundation.language.bilingual import BilingualText, bilingual

SYSTOLIC, DIASTOLIC = "8480-6", "8462-4"
HIGH, LOW, ABNORMAL, NORMAL = "high", "low", "abnormal", ""
# http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation
INTERPRETATIONS = {
    "N": NORMAL, "H": HIGH, "HH": HIGH, "HU": HIGH, "L": LOW, "LL": LOW, "LU": LOW, "A": ABNORMAL, "AA": ABNORMAL,
    "POS": ABNORMAL, "DET": ABNORMAL,
}  # fmt: skip
FLAG_WORDS = {
    HIGH: bilingual("above normal"),
    LOW: bilingual("below normal"),
    ABNORMAL: bilingual("not normal"),
    NORMAL: NOTHING,
}


def of_observation(observation: Mapping[str, Any], subject: Subject = UNKNOWN_SUBJECT) -> Facts:
    """A measurement or finding: its name, the value with unit, whether it lies outside its range."""
    return Facts(
        headline=of_concept(observation.get("code")),
        value=_value(observation, subject),
        detail=_usual_range(observation, subject),
        flag=flag_of(observation, subject) if counts_today(observation) else NORMAL,
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
        code=code_in(report.get("code")),
    )


def flag_of(
    observation: Mapping[str, Any],
    subject: Subject = UNKNOWN_SUBJECT,
    *,
    component: Mapping[str, Any] | None = None,
) -> str:
    """Outside the range or not: by the laboratory's own word, else by the range that holds for this person.

    Args:
        component: the part that is asked about; None for the observation itself.
    """
    holder = observation if component is None else component
    if (word := _interpreted(holder)) is not None:
        return word
    quantity = holder.get("valueQuantity")
    usual = range_for(observation, holder, subject)
    if not isinstance(quantity, Mapping) or usual is None:
        return NORMAL
    value, comparator = number_in(quantity.get("value")), str(quantity.get("comparator") or "")
    if value is None:
        return NORMAL
    low, high = (_bound(usual, end, of=quantity) for end in ("low", "high"))
    if low is not None and _surely_below(value, comparator, low):
        return LOW
    return HIGH if high is not None and _surely_above(value, comparator, high) else NORMAL


def _interpreted(holder: Mapping[str, Any]) -> str | None:
    """The laboratory's word; of several the one that asks for a second look."""
    codings = [
        each
        for concept in holder.get("interpretation") or []
        if isinstance(concept, Mapping)
        for each in concept.get("coding") or []
        if isinstance(each, Mapping)
    ]
    words = [INTERPRETATIONS[each["code"]] for each in codings if each.get("code") in INTERPRETATIONS]
    return next(filter(None, words), NORMAL) if words else None


def _surely_below(value: Decimal, comparator: str, low: Decimal) -> bool:
    """What is written "<5" is below 5 whatever it is, and need not be below 4."""
    return value <= low if comparator == "<" else value < low and comparator in ("", "<=")


def _surely_above(value: Decimal, comparator: str, high: Decimal) -> bool:
    return value >= high if comparator == ">" else value > high and comparator in ("", ">=")


def _bound(interval: Mapping[str, Any], end: str, *, of: Mapping[str, Any]) -> Decimal | None:
    """The end of a range as a number; None where its unit is another one than the value's. A bare one is in that of the value."""
    bound = interval.get(end)
    if not isinstance(bound, Mapping):
        return None
    same = not bears_unit(bound) or comparable(bound, of)
    return number_in(bound.get("value")) if same else None


def _value(observation: Mapping[str, Any], subject: Subject) -> BilingualText:
    if told := value_words(observation, zone=subject.zone):
        return told
    components = [each for each in observation.get("component") or [] if isinstance(each, Mapping)]
    if pressure := _blood_pressure(components):
        return pressure
    return joined([_named(each, subject) for each in components]) or absence_words(observation)


def _named(component: Mapping[str, Any], subject: Subject) -> BilingualText:
    value = value_words(component, zone=subject.zone) or absence_words(component)
    name = of_concept(component.get("code"))
    return BilingualText(f"{name.en}: {value.en}", f"{name.ru}: {value.ru}") if value else NOTHING


def _blood_pressure(components: list[Mapping[str, Any]]) -> BilingualText:
    """120/80 mmHg, as everybody says it; the digits are those that were measured."""
    by_code = {code_in(each.get("code")): each.get("valueQuantity") for each in components}
    upper, lower = by_code.get(SYSTOLIC), by_code.get(DIASTOLIC)
    if (
        len(components) != len((SYSTOLIC, DIASTOLIC))
        or not isinstance(upper, Mapping)
        or not isinstance(lower, Mapping)
    ):
        return NOTHING
    if any(upper.get(name) != lower.get(name) for name in ("unit", "code")):
        return NOTHING
    bare = {name: upper[name] for name in ("value", "comparator") if name in upper}
    pair = quantity_words(bare), quantity_words(lower)
    return (
        BilingualText(*(f"{above}/{below}" for above, below in zip(*pair, strict=True)))
        if all(pair)
        else NOTHING
    )


def _usual_range(observation: Mapping[str, Any], subject: Subject) -> BilingualText:
    chosen = range_for(observation, observation, subject)
    usual = (range_words(chosen) or phrase(chosen.get("text"))) if chosen else NOTHING
    return bilingual("normal is %(range)s", range=usual) if usual else NOTHING
