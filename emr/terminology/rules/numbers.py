"""Numbers, quantities and ranges as people write them: 36.6 °C, 36,6 °C; every one with the digits it came with."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.phrases import NOTHING, of_unit
from emr.terminology.rules.units import counted_unit, counted_unit_of_limit
from foundation.language.bilingual import BilingualText, bilingual

COMPARATORS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
# What is longer when written out is written with a power of ten: nobody counts thirty noughts.
MOST_NOUGHTS = 20
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_in(value: object) -> Decimal | None:
    """A JSON number with the digits it came with; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        number = value if isinstance(value, Decimal) else Decimal(str(value))
    except (InvalidOperation, ValueError):
        return None
    return number if number.is_finite() else None


def number_words(value: object) -> BilingualText:
    """A number with the digits it came with: to round one could carry it across a limit, or make nothing of it."""
    number = number_in(value)
    if number is None:
        return NOTHING
    text = _digits(number).replace("-", "−")
    return BilingualText(text, text.replace(".", ","))


def _digits(number: Decimal) -> str:
    if not number or abs(number.adjusted()) <= MOST_NOUGHTS:
        return format(number, "f")
    sign, (first, *rest), _ = number.as_tuple()
    mantissa = f"{first}.{''.join(map(str, rest))}".rstrip(".")
    return f"{'-' if sign else ''}{mantissa} × 10{str(number.adjusted()).translate(SUPERSCRIPT)}"


def quantity_words(
    quantity: object, *, counted: Callable[[str, Decimal], BilingualText] = counted_unit
) -> BilingualText:
    """A FHIR Quantity: comparator, number, unit.

    Args:
        counted: how a unit is told that is counted like things.
    """
    number = number_in(quantity.get("value")) if isinstance(quantity, Mapping) else None
    if number is None or not isinstance(quantity, Mapping):
        return NOTHING
    sign = COMPARATORS.get(sanitized_text(quantity.get("comparator")), "")
    written = sanitized_text(quantity.get("unit")) or sanitized_text(quantity.get("code"))
    unit = counted(written, number) or of_unit(written)
    # As each language sets it: 6.6%, 6,6 %, which no end of a line parts.
    joints = ("", "\N{NO-BREAK SPACE}") if unit.en == "%" else (" ", " ")
    parts = zip(number_words(number), joints, unit, strict=True)
    return BilingualText(*(f"{sign}{amount}{joint}{name}".strip() for amount, joint, name in parts))


def range_words(interval: object) -> BilingualText:
    """A FHIR Range: 3.5 to 5.1 mmol/L, at most 5, at least 3."""
    if not isinstance(interval, Mapping):
        return NOTHING
    low, high = interval.get("low"), interval.get("high")
    least, most = (quantity_words(each, counted=counted_unit_of_limit) for each in (low, high))
    if least and most and isinstance(low, Mapping) and isinstance(high, Mapping):
        bare = number_words(low.get("value")) if _same_unit(low, high) else least
        return bilingual("%(low)s to %(high)s", low=bare, high=most)
    if least:
        return bilingual("at least %(amount)s", amount=least)
    return bilingual("at most %(amount)s", amount=most) if most else NOTHING


def _same_unit(low: Mapping[str, object], high: Mapping[str, object]) -> bool:
    return all(low.get(name) in (None, high.get(name)) for name in ("unit", "code"))


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
    """Yes or no; nothing of what is neither."""
    if not isinstance(truth, bool):
        return NOTHING
    return bilingual("yes") if truth else bilingual("no")
