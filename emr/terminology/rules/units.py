"""Units that are counted like things (points, days, tablets), in the form that their number asks for."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from emr.terminology.rules.phrases import NOTHING
from foundation.language.bilingual import MOST_DIGITS_COUNTED, BilingualText, bilingual_count

# How sources write them: in UCUM, with an annotation, or in plain English.
SAME_AS = {
    "{score}": "point", "(score)": "point", "score": "point", "points": "point", "{points}": "point",
    "{count}": "time", "times": "time",
    "min": "minute", "minutes": "minute",
    "h": "hour", "hr": "hour", "hours": "hour",
    "d": "day", "days": "day",
    "wk": "week", "weeks": "week",
    "mo": "month", "months": "month",
    "a": "year", "years": "year", "yr": "year",
    "{tbl}": "tablet", "tbl": "tablet", "TAB": "tablet", "tab": "tablet", "tablets": "tablet", "tablet(s)": "tablet",
    "CAP": "capsule", "cap": "capsule", "capsules": "capsule",
    "[drp]": "drop", "{drop}": "drop", "drops": "drop",
    "{puff}": "puff", "puffs": "puff",
}  # fmt: skip
FORMS: Mapping[str, Callable[[Decimal], BilingualText]] = {
    "point": lambda number: bilingual_count("point", "points", number),
    "time": lambda number: bilingual_count("time", "times", number),
    "minute": lambda number: bilingual_count("minute", "minutes", number),
    "hour": lambda number: bilingual_count("hour", "hours", number),
    "day": lambda number: bilingual_count("day", "days", number),
    "week": lambda number: bilingual_count("week", "weeks", number),
    "month": lambda number: bilingual_count("month", "months", number),
    "year": lambda number: bilingual_count("year", "years", number),
    "tablet": lambda number: bilingual_count("tablet", "tablets", number),
    "capsule": lambda number: bilingual_count("capsule", "capsules", number),
    "drop": lambda number: bilingual_count("drop", "drops", number),
    "puff": lambda number: bilingual_count("puff", "puffs", number),
}
GENITIVE_SINGULAR, GENITIVE_PLURAL = Decimal(2), Decimal(5)


def counted_unit(unit: str, number: Decimal) -> BilingualText:
    """1 point, 2 points; nothing of a unit that stays as it is, such as mmol/L."""
    tell = FORMS.get(SAME_AS.get(unit, unit))
    return tell(number) if tell else NOTHING


def counted_unit_of_limit(unit: str, number: Decimal) -> BilingualText:
    """The same after "from", "to" and "at most", where Russian says 1 балла and 2 баллов."""
    whole = int(number.as_tuple().exponent) >= 0
    counted = abs(int(number)) if whole and number.adjusted() <= MOST_DIGITS_COUNTED else 0
    one = not whole or (counted % 10 == 1 and counted % 100 != 11)
    shown = counted_unit(unit, GENITIVE_SINGULAR if one else GENITIVE_PLURAL)
    return BilingualText(counted_unit(unit, number).en, shown.ru)
