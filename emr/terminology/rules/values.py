"""The value[x] of FHIR R4 in words: all eleven types, why there is none, and that there is one which cannot be shown."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Context, Decimal

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.dates import date_words, period_words
from emr.terminology.rules.numbers import (
    boolean_words,
    number_in,
    number_words,
    quantity_words,
    range_words,
    ratio_words,
)
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, of_unit, phrase
from emr.terminology.rules.statuses import code_in
from foundation.language.bilingual import BilingualText, bilingual

# Decimal's own context would round at 28 digits.
EXACT = Context(prec=1000)
UNSHOWN = bilingual("there is a value that cannot be shown here")
MORE_IN_THE_ORIGINAL = bilingual("more is written in the original than can be shown here")
# Of a longer series only the least and the greatest value are told.
MOST_SAMPLES = 12
SAMPLES_WITHOUT_NUMBER = {
    "E": bilingual("error"),
    "L": bilingual("below what can be measured"),
    "U": bilingual("above what can be measured"),
}
# http://terminology.hl7.org/CodeSystem/data-absent-reason
ABSENT: Mapping[str, BilingualText] = {
    "unknown": bilingual("not known"),
    "asked-unknown": bilingual("asked, not known"),
    "temp-unknown": bilingual("not known yet"),
    "not-asked": bilingual("not asked"),
    "asked-declined": bilingual("asked, not answered"),
    "masked": bilingual("withheld"),
    "not-applicable": bilingual("does not apply"),
    "unsupported": bilingual("the sender cannot hand it on"),
    "as-text": bilingual("told as text elsewhere"),
    "error": bilingual("the measurement failed"),
    "not-a-number": bilingual("not a number"),
    "negative-infinity": bilingual("too low to be told"),
    "positive-infinity": bilingual("too high to be told"),
    "not-performed": bilingual("not performed"),
    "not-permitted": bilingual("must not be told"),
}


def value_words(holder: Mapping[str, object], *, zone: tzinfo) -> BilingualText:
    """The value[x] of an Observation or of one of its components; nothing only where there is none."""
    for name in holder:
        if name.startswith("value"):
            return _told(name, holder[name], zone) or UNSHOWN
    return UNSHOWN if any(name.startswith("_value") for name in holder) else NOTHING


def absence_words(holder: Mapping[str, object]) -> BilingualText:
    """Why there is no value, where the source says so."""
    reason = holder.get("dataAbsentReason")
    told = ABSENT.get(code_in(reason)) or of_concept(reason)
    return bilingual("no value: %(reason)s", reason=told) if told else NOTHING


def _told(name: str, value: object, zone: tzinfo) -> BilingualText:
    if name == "valueDateTime":
        return date_words(value, zone=zone)
    if name == "valuePeriod":
        return period_words(value, zone=zone)
    tell = VALUES.get(name)
    return tell(value) if tell else NOTHING


def time_words(time: object) -> BilingualText:
    """14:05, and the seconds where they say something."""
    seen = (
        sanitized_text(time).removesuffix(":00")
        if sanitized_text(time).count(":") > 1
        else sanitized_text(time)
    )
    return BilingualText(seen, seen)


def samples_words(sampled: object) -> BilingualText:
    """A FHIR SampledData: how many values, how far apart, and what they are."""
    data = sampled.get("data") if isinstance(sampled, Mapping) else None
    if not isinstance(sampled, Mapping) or not isinstance(data, str) or not data.split():
        return NOTHING
    points = data.split()
    series = joined(
        [bilingual("a series of values: %(count)s", count=len(points)), _apart(sampled.get("period"))]
    )
    return joined([series, _samples(points, sampled)], by=": ")


def _apart(period: object) -> BilingualText:
    milliseconds = number_words(period)
    return bilingual("one every %(period)s ms", period=milliseconds) if milliseconds else NOTHING


def _samples(points: list[str], sampled: Mapping[str, object]) -> BilingualText:
    unit = _unit_of(sampled.get("origin"))
    if len(points) <= MOST_SAMPLES:
        return joined([joined([_sample(each, sampled) for each in points], by="; "), unit], by=" ")
    numbers = [number for each in points if (number := _measured(each, sampled)) is not None]
    if not numbers:
        return NOTHING
    least, most = number_words(min(numbers)), number_words(max(numbers))
    return joined([bilingual("%(low)s to %(high)s", low=least, high=most), unit], by=" ")


def _sample(point: str, sampled: Mapping[str, object]) -> BilingualText:
    measured = _measured(point, sampled)
    seen = sanitized_text(point)
    return (
        SAMPLES_WITHOUT_NUMBER.get(point, BilingualText(seen, seen))
        if measured is None
        else number_words(measured)
    )


def _measured(point: str, sampled: Mapping[str, object]) -> Decimal | None:
    """The measured number: the sent one by the factor, from the origin."""
    if not point.lstrip("+-").replace(".", "", 1).isdecimal():
        return None
    origin = sampled.get("origin")
    zero = number_in(origin.get("value")) if isinstance(origin, Mapping) else None
    factor = number_in(sampled.get("factor"))
    number = Decimal(point) if factor is None else EXACT.multiply(Decimal(point), factor)
    return number if not zero else EXACT.add(number, zero)


def _unit_of(quantity: object) -> BilingualText:
    return of_unit(quantity.get("unit") or quantity.get("code")) if isinstance(quantity, Mapping) else NOTHING


VALUES: Mapping[str, Callable[[object], BilingualText]] = {
    "valueQuantity": quantity_words,
    "valueCodeableConcept": of_concept,
    "valueString": phrase,
    "valueBoolean": boolean_words,
    "valueInteger": number_words,
    "valueRange": range_words,
    "valueRatio": ratio_words,
    "valueSampledData": samples_words,
    "valueTime": time_words,
}
