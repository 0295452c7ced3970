"""When something began, happened or ended in words: onset[x], abatement[x], effective[x], performed[x] of FHIR R4."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo

from emr.terminology.rules.dates import date_words, period_words
from emr.terminology.rules.numbers import (
    boolean_words,
    number_words,
    quantity_words,
    range_words,
    ratio_words,
)
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.units import counted_unit_of_limit
from emr.terminology.rules.values import UNSHOWN
from foundation.language.bilingual import BilingualText, bilingual


def choice_words(resource: Mapping[str, object], name: str, *, zone: tzinfo) -> Iterator[BilingualText]:
    """Whatever the resource holds under this name, one after the other; what has no words here says that it is there."""
    for spelling in resource:
        kind = spelling.removeprefix(name)
        if kind != spelling and kind[:1].isupper():
            # Asked by its name: whoever watches what of a resource is read hears of it.
            yield _told(kind, resource[spelling], zone) or UNSHOWN


def undated_words(resource: Mapping[str, object], *names: str) -> BilingualText:
    """When it began or happened where that is told otherwise than by a date: at what age, in words."""
    spellings = [(f"{name}{kind}", tell) for name in names for kind, tell in WITHOUT_DATE.items()]
    return joined([tell(resource[spelling]) for spelling, tell in spellings if spelling in resource])


def _told(kind: str, value: object, zone: tzinfo) -> BilingualText:
    if kind in IN_TIME:
        return IN_TIME[kind](value, zone=zone)
    tell = OTHERWISE.get(kind)
    return tell(value) if tell else NOTHING


def timing_words(timing: object, *, zone: tzinfo) -> BilingualText:
    """The moments of a Timing that names them."""
    events = timing.get("event") if isinstance(timing, Mapping) else None
    return joined(
        [date_words(each, zone=zone) for each in events] if isinstance(events, list) else [], by="; "
    )


def age_words(age: object) -> BilingualText:
    told = quantity_words(age, counted=counted_unit_of_limit)
    return bilingual("at the age of %(age)s", age=told) if told else NOTHING


def ages_words(ages: object) -> BilingualText:
    """The Range of onset[x], abatement[x] and performed[x] is one of ages."""
    told = range_words(ages)
    return bilingual("at the age of %(age)s", age=told) if told else NOTHING


IN_TIME: Mapping[str, Callable[..., BilingualText]] = {
    "DateTime": date_words,
    "Instant": date_words,
    "Date": date_words,
    "Period": period_words,
    "Timing": timing_words,
}
WITHOUT_DATE: Mapping[str, Callable[[object], BilingualText]] = {
    "Age": age_words,
    "Range": ages_words,
    "String": phrase,
}
OTHERWISE: Mapping[str, Callable[[object], BilingualText]] = {
    **WITHOUT_DATE,
    "Boolean": boolean_words,
    "CodeableConcept": of_concept,
    "Duration": quantity_words,
    "Integer": number_words,
    "Quantity": quantity_words,
    "Ratio": ratio_words,
}
