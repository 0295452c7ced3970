"""How a medicine is taken: dose, how often, how long (FHIR R4, Dosage and Timing)."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from decimal import Decimal
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.dates import period_words
from emr.terminology.rules.numbers import number_in, number_words, quantity_words, range_words, ratio_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in
from emr.terminology.rules.values import MORE_IN_THE_ORIGINAL
from foundation.language.bilingual import BilingualText, bilingual, bilingual_count

# What the functions below tell; a dosage that holds anything else says so.
TOLD_OF_DOSAGE = frozenset({
    "id", "sequence", "text", "patientInstruction", "additionalInstruction", "timing", "asNeededBoolean",
    "asNeededCodeableConcept", "site", "route", "method", "doseAndRate", "dose", "rateRatio", "rateQuantity",
    "maxDosePerPeriod", "maxDosePerAdministration",
})  # fmt: skip
TOLD_OF_TIMING = frozenset({"id", "repeat", "code"})
TOLD_OF_REPEAT = frozenset({
    "id", "frequency", "frequencyMax", "period", "periodMax", "periodUnit", "dayOfWeek", "timeOfDay", "when",
    "boundsDuration", "boundsPeriod", "count",
})  # fmt: skip
# How often it is taken: told together, or not at all.
RHYTHM = frozenset({"frequency", "frequencyMax", "period", "periodMax", "periodUnit"})
ONCE_IN: Mapping[str, BilingualText] = {
    "min": bilingual("a minute"),
    "h": bilingual("an hour"),
    "d": bilingual("a day"),
    "wk": bilingual("a week"),
    "mo": bilingual("a month"),
    "a": bilingual("a year"),
}
EVERY: Mapping[str, Callable[[Decimal, BilingualText], BilingualText]] = {
    "min": lambda count, many: bilingual_count(
        "every %(many)s minute", "every %(many)s minutes", count, many=many
    ),
    "h": lambda count, many: bilingual_count("every %(many)s hour", "every %(many)s hours", count, many=many),
    "d": lambda count, many: bilingual_count("every %(many)s day", "every %(many)s days", count, many=many),
    "wk": lambda count, many: bilingual_count(
        "every %(many)s week", "every %(many)s weeks", count, many=many
    ),
    "mo": lambda count, many: bilingual_count(
        "every %(many)s month", "every %(many)s months", count, many=many
    ),
    "a": lambda count, many: bilingual_count("every %(many)s year", "every %(many)s years", count, many=many),
}
# http://hl7.org/fhir/event-timing and http://terminology.hl7.org/CodeSystem/v3-TimingEvent
WHEN: Mapping[str, BilingualText] = {
    "MORN": bilingual("in the morning"),
    "MORN.early": bilingual("early in the morning"),
    "MORN.late": bilingual("late in the morning"),
    "NOON": bilingual("at noon"),
    "AFT": bilingual("in the afternoon"),
    "AFT.early": bilingual("early in the afternoon"),
    "AFT.late": bilingual("late in the afternoon"),
    "EVE": bilingual("in the evening"),
    "EVE.early": bilingual("early in the evening"),
    "EVE.late": bilingual("late in the evening"),
    "NIGHT": bilingual("at night"),
    "PHS": bilingual("after sleep"),
    "HS": bilingual("before sleep"),
    "WAKE": bilingual("on waking"),
    "C": bilingual("with meals"),
    "CM": bilingual("with breakfast"),
    "CD": bilingual("with lunch"),
    "CV": bilingual("with supper"),
    "AC": bilingual("before meals"),
    "ACM": bilingual("before breakfast"),
    "ACD": bilingual("before lunch"),
    "ACV": bilingual("before supper"),
    "PC": bilingual("after meals"),
    "PCM": bilingual("after breakfast"),
    "PCD": bilingual("after lunch"),
    "PCV": bilingual("after supper"),
}
# http://terminology.hl7.org/CodeSystem/dose-rate-type
DOSE_TYPES: Mapping[str, BilingualText] = {
    "ordered": bilingual("ordered dose"),
    "calculated": bilingual("calculated dose"),
}
WEEKDAYS: Mapping[str, BilingualText] = {
    "mon": bilingual("on Mondays"),
    "tue": bilingual("on Tuesdays"),
    "wed": bilingual("on Wednesdays"),
    "thu": bilingual("on Thursdays"),
    "fri": bilingual("on Fridays"),
    "sat": bilingual("on Saturdays"),
    "sun": bilingual("on Sundays"),
}


def dosages_of(order: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The dosages of an order, a dispensing or an intake; of an administration the only one."""
    written = order.get("dosageInstruction") or order.get("dosage")
    listed = written if isinstance(written, list) else [written]
    return [each for each in listed if isinstance(each, Mapping)]


def dosage_words(dosage: Mapping[str, Any]) -> BilingualText:
    """How to take it: the doctor's text, else dose and how often."""
    if sanitized_text(dosage.get("text")):
        said = [phrase(dosage.get(name)) for name in ("text", "patientInstruction")]
        return joined(list(dict.fromkeys(said)))
    timing = _mapping(dosage.get("timing"))
    repeat = _mapping(timing.get("repeat"))
    rhythm = _rhythm(repeat)
    told = [
        *_typed_doses(dosage),
        rhythm or of_concept(timing.get("code")),
        *_times(repeat),
        *_bounds(repeat),
        *_conditions(dosage),
    ]
    told_of_repeat = TOLD_OF_REPEAT if rhythm else TOLD_OF_REPEAT - RHYTHM
    untold = (
        dosage.keys() - TOLD_OF_DOSAGE or timing.keys() - TOLD_OF_TIMING or repeat.keys() - told_of_repeat
    )
    return joined([*(each for each in told if each), MORE_IN_THE_ORIGINAL if untold else NOTHING])


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _doses(dosage: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """An administration holds dose and rate itself."""
    rates = [each for each in dosage.get("doseAndRate") or [] if isinstance(each, Mapping)]
    own = {name: dosage[name] for name in ("rateRatio", "rateQuantity") if name in dosage}
    if "dose" in dosage:
        own["doseQuantity"] = dosage["dose"]
    return [*rates, own] if own else rates


def _dose(dose: Mapping[str, Any]) -> BilingualText:
    """An amount with its unit, and how fast; a bare number counts tablets, drops or puffs, which the source does not tell."""
    quantity = _mapping(dose.get("doseQuantity"))
    amount = quantity_words(quantity) or range_words(dose.get("doseRange"))
    if quantity and amount == number_words(quantity.get("value")):
        amount = bilingual("%(amount)s at a time", amount=amount)
    rate = _per(dose.get("rateRatio")) or range_words(dose.get("rateRange"))
    return joined([amount, rate or quantity_words(dose.get("rateQuantity"))])


def _typed_doses(dosage: Mapping[str, Any]) -> Iterator[BilingualText]:
    """What was ordered is told as such only beside what was calculated: most systems call every dose ordered."""
    doses = _doses(dosage)
    for each in doses:
        type_of, words = code_in(each.get("type")), _dose(each)
        if not words and each.keys() - {"id", "type"}:
            words = MORE_IN_THE_ORIGINAL
        if not words or not each.get("type") or (type_of == "ordered" and len(doses) == 1):
            yield words
        else:
            called = DOSE_TYPES.get(type_of) or of_concept(each.get("type"))
            yield bilingual("%(type)s: %(dose)s", type=called, dose=words) if called else words


def _per(ratio: object) -> BilingualText:
    """4 g / 1 day."""
    return BilingualText(*(text.replace(" : ", " / ") for text in ratio_words(ratio)))


def _rhythm(repeat: Mapping[str, Any]) -> BilingualText:
    """2 times a day; 1 to 2 times every 8 hours."""
    unit = sanitized_text(repeat.get("periodUnit"))
    every = number_in(repeat.get("period"))
    if number_in(repeat.get("frequency")) is not None and not repeat.keys() & {"period", "periodMax"}:
        return _times_words(repeat)
    if every is None or unit not in ONCE_IN:
        return NOTHING
    times = _times_words(repeat)
    most = number_in(repeat.get("periodMax"))
    if every == 1 and most is None:
        return bilingual("%(times)s %(period)s", times=times, period=ONCE_IN[unit])
    many = number_words(every)
    if most is not None:
        many = _span(many, number_words(most))
    period = EVERY[unit](every if most is None else most, many)
    return bilingual("%(times)s %(period)s", times=times, period=period)


def _times_words(repeat: Mapping[str, Any]) -> BilingualText:
    """How many times within the period; once where the source names only the period (FHIR R4, Timing.repeat.frequency)."""
    frequency, most = number_in(repeat.get("frequency")), number_in(repeat.get("frequencyMax"))
    least = frequency if frequency is not None else Decimal(1)
    if most is None and least == 1:
        return bilingual("once")
    many = number_words(least) if most is None else _span(number_words(least), number_words(most))
    return bilingual_count("%(many)s time", "%(many)s times", least if most is None else most, many=many)


def _span(least: BilingualText, most: BilingualText) -> BilingualText:
    return BilingualText(*(f"{low}–{high}" for low, high in zip(least, most, strict=True)))


def _times(repeat: Mapping[str, Any]) -> Iterator[BilingualText]:
    for name, words in (("dayOfWeek", WEEKDAYS), ("when", WHEN)):
        for each in repeat.get(name) or []:
            code = sanitized_text(each)
            yield words.get(code, BilingualText(code, code))
    for each in repeat.get("timeOfDay") or []:
        at = sanitized_text(each)[:5]
        yield bilingual("at %(time)s", time=at)


def _bounds(repeat: Mapping[str, Any]) -> Iterator[BilingualText]:
    if duration := quantity_words(repeat.get("boundsDuration")):
        yield bilingual("course: %(duration)s", duration=duration)
    # By the days of whoever wrote it.
    days = {name: sanitized_text(each)[:10] for name, each in _mapping(repeat.get("boundsPeriod")).items()}
    if period := period_words(days, zone=UTC):
        yield period
    if (count := number_in(repeat.get("count"))) is not None:
        yield bilingual("in all: %(count)s", count=number_words(count))


def _conditions(dosage: Mapping[str, Any]) -> Iterator[BilingualText]:
    if dosage.get("asNeededBoolean") is True:
        yield bilingual("when needed")
    if reason := of_concept(dosage.get("asNeededCodeableConcept")):
        yield bilingual("when needed: %(reason)s", reason=reason)
    for name in ("method", "route", "site"):
        yield of_concept(dosage.get(name))
    for each in dosage.get("additionalInstruction") or []:
        yield of_concept(each)
    yield phrase(dosage.get("patientInstruction"))
    most = _per(dosage.get("maxDosePerPeriod")) or quantity_words(dosage.get("maxDosePerAdministration"))
    if most:
        yield bilingual("at most %(amount)s", amount=most)
