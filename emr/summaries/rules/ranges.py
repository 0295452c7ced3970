"""Which reference range holds for this person: by what it is for, by sex and by age (FHIR R4, Observation.referenceRange)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from emr.content.rules.fhir_dates import MOMENT, days_meant
from emr.content.rules.subject import Subject
from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.numbers import number_in

NORMAL_RANGE = "normal"
# administrative-gender, v2 table 0001 and SNOMED CT, and how sources write it without a code.
SEXES = {
    "male": "male", "m": "male", "men": "male", "248153007": "male", "10052007": "male",
    "female": "female", "f": "female", "women": "female", "248152002": "female", "1086007": "female",
}  # fmt: skip
YEARS = frozenset({"a", "year", "years", "yr", "yrs"})
MONTHS = frozenset({"mo", "month", "months"})
DAYS_OF_UNIT = {"wk": 7, "week": 7, "weeks": 7, "d": 1, "day": 1, "days": 1}
WHEN_MEASURED = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")


class Side(Enum):
    """Where an age lies, seen from the ages that a range is for."""

    BELOW = -1
    WITHIN = 0
    ABOVE = 1


def range_for(
    observation: Mapping[str, Any], holder: Mapping[str, Any], subject: Subject
) -> Mapping[str, Any] | None:
    """The one range that surely holds; None where there is none, or where it stays open which.

    Args:
        holder: the observation, or the component of it that has the ranges.
    """
    ranges = [each for each in holder.get("referenceRange") or [] if isinstance(each, Mapping)]
    ranges = [each for each in ranges if _kind(each) == NORMAL_RANGE]
    days = _days_measured(observation)
    verdicts = [_holds(each, subject, days) for each in ranges]
    if None in verdicts:
        return None
    held = [each for each, verdict in zip(ranges, verdicts, strict=True) if verdict]
    # What is said of women, or of children, goes before what is said of everybody.
    particular = [each for each in held if each.get("appliesTo") or each.get("age")]
    chosen = particular or held
    return chosen[0] if len(chosen) == 1 else None


def _kind(interval: Mapping[str, Any]) -> str:
    return next(iter(_codes(interval.get("type"))), NORMAL_RANGE)


def _holds(interval: Mapping[str, Any], subject: Subject, days: tuple[date, date] | None) -> bool | None:
    """Whether a range is for this person; None where that cannot be known."""
    verdicts = [_applies(each, subject) for each in interval.get("appliesTo") or []]
    if interval.get("age"):
        verdicts.append(_of_age(interval["age"], subject, days))
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _applies(concept: object, subject: Subject) -> bool | None:
    meant = {SEXES[code] for code in _codes(concept) if code in SEXES}
    if len(meant) != 1 or subject.sex not in SEXES.values():
        return None
    return subject.sex in meant


def _codes(concept: object) -> list[str]:
    if not isinstance(concept, Mapping):
        return []
    codings = [each for each in concept.get("coding") or [] if isinstance(each, Mapping)]
    written = [sanitized_text(each.get("code")) for each in codings] or [sanitized_text(concept.get("text"))]
    return [each.casefold() for each in written if each]


def _of_age(age: object, subject: Subject, days: tuple[date, date] | None) -> bool | None:
    """Whole years, months or days lived on the day of measurement; of a day or a birth of which less is known, on all days
    that it can have been."""
    if not isinstance(age, Mapping) or subject.birth is None or days is None:
        return None
    births = (subject.birth.first, subject.birth.last)
    sides = {_side(age, born_on, day) for born_on in births for day in days}
    return sides == {Side.WITHIN} if len(sides) == 1 and None not in sides else None


def _side(age: Mapping[str, Any], born_on: date, day: date) -> Side | None:
    """Where an age lies. Who may be too young and may be too old may be neither."""
    for end in ("low", "high"):
        bound = age.get(end)
        if bound is None:
            continue
        limit = number_in(bound.get("value")) if isinstance(bound, Mapping) else None
        lived = (
            _lived(born_on, day, unit=sanitized_text(bound.get("code") or bound.get("unit")))
            if limit is not None
            else None
        )
        if limit is None or lived is None or limit != limit.to_integral_value():
            return None
        if lived < limit if end == "low" else lived > limit:
            return Side.BELOW if end == "low" else Side.ABOVE
    return Side.WITHIN


def _lived(born_on: date, day: date, *, unit: str) -> Decimal | None:
    months = (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day)
    if unit in YEARS:
        return Decimal(months // 12)
    if unit in MONTHS:
        return Decimal(months)
    return Decimal((day - born_on).days // DAYS_OF_UNIT[unit]) if unit in DAYS_OF_UNIT else None


def _days_measured(observation: Mapping[str, Any]) -> tuple[date, date] | None:
    """The first and the last day on which it may have been measured, by the source's own calendar."""
    for name in WHEN_MEASURED:
        written = observation.get(name)
        if isinstance(written, Mapping):
            written = written.get("start") or written.get("end")
        if isinstance(written, str) and MOMENT.fullmatch(written):
            return days_meant(written)
    return None
