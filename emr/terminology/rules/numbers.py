"""Numbers, quantities and ranges as people write them: 36.6 °C, 36,6 °C."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.phrases import NOTHING, of_concept, of_unit, phrase
from foundation.language.bilingual import BilingualText, bilingual

# Machines write 173.45484138767452 cm; people read no further than this.
MOST_DECIMALS = 3
COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def number_words(value: object, *, finest: Decimal | None = None) -> BilingualText:
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
    return BilingualText(text.replace("-", "−"), text.replace("-", "−").replace(".", ","))


def _step(number: Decimal) -> Decimal:
    return Decimal("0.1") if abs(number) >= 10 else Decimal("0.01")


def quantity_words(quantity: object) -> BilingualText:
    """A FHIR Quantity: comparator, number, unit."""
    if not isinstance(quantity, Mapping):
        return NOTHING
    unit = of_unit(quantity.get("unit") or quantity.get("code"))
    # Numbers without a unit, such as a specific gravity of 1.015, tell by their third decimal.
    number = number_words(quantity.get("value"), finest=None if unit.en else Decimal("0.001"))
    if not number:
        return NOTHING
    sign = COMPARATORS.get(sanitized_text(quantity.get("comparator")), "")
    joint = "" if unit.en == "%" else " "
    return BilingualText(
        *(f"{sign}{amount}{joint}{name}".strip() for amount, name in zip(number, unit, strict=True))
    )


def range_words(interval: object) -> BilingualText:
    """A FHIR Range: 3.5 to 5.1 mmol/L, at most 5, at least 3."""
    if not isinstance(interval, Mapping):
        return NOTHING
    low, high = interval.get("low"), interval.get("high")
    least, most = quantity_words(low), quantity_words(high)
    if least and most:
        bare = number_words(low.get("value")) if isinstance(low, Mapping) else least
        return bilingual("%(low)s to %(high)s", low=bare, high=most)
    if least:
        return bilingual("at least %(amount)s", amount=least)
    return bilingual("at most %(amount)s", amount=most) if most else NOTHING


def ratio_words(ratio: object) -> BilingualText:
    """A FHIR Ratio: 1 : 64."""
    if not isinstance(ratio, Mapping):
        return NOTHING
    parts = quantity_words(ratio.get("numerator")), quantity_words(ratio.get("denominator"))
    return (
        BilingualText(*(f"{above} : {below}" for above, below in zip(*parts, strict=True)))
        if all(parts)
        else NOTHING
    )


def boolean_words(truth: object) -> BilingualText:
    return bilingual("yes") if truth is True else bilingual("no")


def moment_words(moment: object) -> BilingualText:
    seen = sanitized_text(moment)
    return BilingualText(seen, seen)


VALUES: Mapping[str, Callable[[object], BilingualText]] = {
    "valueQuantity": quantity_words,
    "valueCodeableConcept": of_concept,
    "valueString": phrase,
    "valueBoolean": boolean_words,
    "valueInteger": number_words,
    "valueRange": range_words,
    "valueRatio": ratio_words,
    "valueDateTime": moment_words,
    "valueTime": moment_words,
}


def value_words(holder: Mapping[str, object]) -> BilingualText:
    """The value[x] of an Observation or of one of its components."""
    return next((tell(holder[name]) for name, tell in VALUES.items() if name in holder), NOTHING)
