"""A measurement beside the one before it: what it was then, and whether it rose; nothing is said that is not sure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from emr.content.rules.fhir_dates import UNDATED
from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.facts import Facts
from emr.summaries.rules.measurements import FLAG_WORDS
from emr.summaries.rules.standing import counts_today
from emr.terminology.rules.comparable_units import comparable
from emr.terminology.rules.numbers import number_in
from emr.terminology.rules.phrases import NOTHING, joined, of_concept
from foundation.language.bilingual import BilingualText, bilingual
from foundation.language.dates import LESS_THAN_A_DAY, Precision

DAY = timedelta(days=1)
# How long what is known of a moment may last at most.
LONGEST = {
    Precision.YEAR: timedelta(days=366),
    Precision.MONTH: timedelta(days=31),
    Precision.DAY: DAY,
}


@dataclass(frozen=True, slots=True)
class Measured:
    """A measurement: its Observation, its value in words, when, how much of that is known, and that in words."""

    content: Mapping[str, Any]
    value: BilingualText
    at: datetime
    precision: str
    day: BilingualText

    @property
    def known_to_the_day(self) -> bool:
        return self.dated and self.precision not in LESS_THAN_A_DAY

    @property
    def dated(self) -> bool:
        return self.at > UNDATED and self.precision != Precision.UNKNOWN


def earlier_words(own: Measured, others: Sequence[Measured]) -> BilingualText:
    """The last value before this one, with its day: 4.9 mmol/L on 3 May 2026; now higher.

    Args:
        others: of the same person, as far as they count today, the nearest first.

    Returns:
        "no earlier value" where there surely is none; nothing where it stays open which was earlier.
    """
    if not counts_today(own.content) or not own.known_to_the_day:
        return NOTHING
    others = [each for each in others if not _surely_after(each, own)]
    if not others:
        return bilingual("no earlier value in this record")
    before = next((each for each in others if _surely_before(each, own) and _same_test(each, own)), None)
    if before is None or not before.value:
        return NOTHING
    told = bilingual("%(value)s, %(day)s", value=before.value, day=before.day)
    return joined([told, _compared(before.content, own.content)], by="; ")


def told_in_report(facts: Facts, earlier: BilingualText) -> BilingualText:
    """How a result lies to its range and to the value before it, for its line in a report."""
    before = bilingual("before: %(value)s", value=earlier) if earlier else NOTHING
    return joined([FLAG_WORDS[facts.flag], facts.detail, before], by="; ")


def _surely_before(other: Measured, own: Measured) -> bool:
    """Of what is known to the day or less the whole day, month or year must have passed."""
    lasts = LONGEST.get(Precision(other.precision)) if other.precision else None
    return other.dated and (other.at + lasts <= own.at if lasts else other.at < own.at)


def _surely_after(other: Measured, own: Measured) -> bool:
    return other.at >= own.at + DAY if own.precision == Precision.DAY else other.at > own.at


def _same_test(one: Measured, other: Measured) -> bool:
    """By a code that both have; by the name alone only where one of them has no code."""
    codes = [set(_codes(each.content.get("code"))) for each in (one, other)]
    if all(codes):
        return any(_same_code(each, another) for each in codes[0] for another in codes[1])
    return of_concept(one.content.get("code")) == of_concept(other.content.get("code"))


def _same_code(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (system, code), (other_system, other_code) = one, other
    return code == other_code and (system == other_system or not system or not other_system)


def _codes(concept: object) -> Iterator[tuple[str, str]]:
    listed = concept.get("coding") if isinstance(concept, Mapping) else None
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, Mapping) and (code := sanitized_text(each.get("code"))):
            yield sanitized_text(each.get("system")), code


def _compared(before: Mapping[str, Any], now: Mapping[str, Any]) -> BilingualText:
    """Whether it rose; that the units differ, so that nobody compares the bare numbers; nothing of words."""
    quantities = _quantities(before), _quantities(now)
    if not all(quantities):
        return NOTHING
    if len(quantities[0]) != len(quantities[1]) or not all(
        comparable(*pair) for pair in zip(*quantities, strict=True)
    ):
        return bilingual("in another unit, not compared")
    amounts = [_amount(each[0]) if len(each) == 1 else None for each in quantities]
    then, today = amounts
    if then is None or today is None:
        return NOTHING
    return bilingual("the same now") if then == today else _direction(then, today)


def _direction(then: Decimal, today: Decimal) -> BilingualText:
    return bilingual("higher now") if today > then else bilingual("lower now")


def _quantities(observation: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    parts = observation.get("component")
    holders = [observation, *(parts if isinstance(parts, list) else [])]
    values = [each.get("valueQuantity") for each in holders if isinstance(each, Mapping)]
    return [each for each in values if isinstance(each, Mapping)]


def _amount(quantity: Mapping[str, Any]) -> Decimal | None:
    """The number; None of one that only bounds it, such as "<5"."""
    return None if quantity.get("comparator") else number_in(quantity.get("value"))
