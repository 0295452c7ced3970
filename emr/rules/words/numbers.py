"""Numbers, quantities and ranges as people write them: 36.6 °C, 36,6 °C."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from emr.rules.words import NOTHING, Words, as_written, of_concept, of_unit, phrase

# Machines write 173.45484138767452 cm; people read no further than this.
MOST_DECIMALS = 3
COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def number_words(value: object, *, finest: Decimal | None = None) -> Words:
    """A number with as many decimals as were written, rounded where a machine wrote too many."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return NOTHING
    try:
        number = Decimal(str(value))
        if not number.is_finite():
            return NOTHING
        if -int(number.as_tuple().exponent) > MOST_DECIMALS:
            number = number.quantize(finest or _step(number), rounding=ROUND_HALF_UP)
    except InvalidOperation:
        return NOTHING
    text = format(number, "f")
    return Words(text.replace("-", "−"), text.replace("-", "−").replace(".", ","))


def _step(number: Decimal) -> Decimal:
    return Decimal("0.1") if abs(number) >= 10 else Decimal("0.01")


def quantity_words(quantity: object) -> Words:
    """A FHIR Quantity: comparator, number, unit."""
    if not isinstance(quantity, Mapping):
        return NOTHING
    unit = of_unit(quantity.get("unit") or quantity.get("code"))
    # Numbers without a unit, such as a specific gravity of 1.015, tell by their third decimal.
    number = number_words(quantity.get("value"), finest=None if unit.en else Decimal("0.001"))
    if not number:
        return NOTHING
    sign = COMPARATORS.get(as_written(quantity.get("comparator")), "")
    joint = "" if unit.en == "%" else " "
    return Words(*(f"{sign}{amount}{joint}{name}".strip() for amount, name in zip(number, unit, strict=True)))


def range_words(interval: object) -> Words:
    """A FHIR Range: 3.5 to 5.1 mmol/L, at most 5, at least 3."""
    if not isinstance(interval, Mapping):
        return NOTHING
    low, high = interval.get("low"), interval.get("high")
    least, most = quantity_words(low), quantity_words(high)
    if least and most:
        bare = number_words(low.get("value")) if isinstance(low, Mapping) else least
        return Words(f"{bare.en} to {most.en}", f"от {bare.ru} до {most.ru}")
    if least:
        return Words(f"at least {least.en}", f"не менее {least.ru}")
    return Words(f"at most {most.en}", f"не более {most.ru}") if most else NOTHING


def ratio_words(ratio: object) -> Words:
    """A FHIR Ratio: 1 : 64."""
    if not isinstance(ratio, Mapping):
        return NOTHING
    parts = quantity_words(ratio.get("numerator")), quantity_words(ratio.get("denominator"))
    return (
        Words(*(f"{above} : {below}" for above, below in zip(*parts, strict=True))) if all(parts) else NOTHING
    )


def truth_words(truth: object) -> Words:
    return Words("yes", "да") if truth is True else Words("no", "нет")


def moment_words(moment: object) -> Words:
    seen = as_written(moment)
    return Words(seen, seen)


VALUES: Mapping[str, Callable[[object], Words]] = {
    "valueQuantity": quantity_words,
    "valueCodeableConcept": of_concept,
    "valueString": phrase,
    "valueBoolean": truth_words,
    "valueInteger": number_words,
    "valueRange": range_words,
    "valueRatio": ratio_words,
    "valueDateTime": moment_words,
    "valueTime": moment_words,
}


def value_words(holder: Mapping[str, object]) -> Words:
    """The value[x] of an Observation or of one of its components."""
    return next((tell(holder[name]) for name, tell in VALUES.items() if name in holder), NOTHING)
