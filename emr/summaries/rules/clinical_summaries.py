"""Summaries of what happened to a person: visits, diagnoses, allergies, procedures, vaccinations, images, notes."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archive_gateway.dicom.enumerations import MODALITIES
from emr.content.rules.note_sections import DIAGNOSIS
from emr.content.rules.texts import sanitized_text
from emr.summaries.rules.endings import Ending, ending_of
from emr.summaries.rules.facts import Facts
from emr.summaries.rules.standing import counts_today, entered_in_error, state_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in
from foundation.language.bilingual import BilingualText, bilingual

ENCOUNTER_CLASSES = {
    "AMB": bilingual("outpatient"),
    "EMER": bilingual("emergency"),
    "IMP": bilingual("in hospital"),
    "ACUTE": bilingual("in hospital"),
    "NONAC": bilingual("in hospital"),
    "OBSENC": bilingual("under observation"),
    "HH": bilingual("at home"),
    "VR": bilingual("at a distance"),
    "SS": bilingual("same-day stay"),
    "FLD": bilingual("outside the clinic"),
}
# The code is told with the diagnosis itself; a line of the record is read by people.
CODE_BEFORE_WORDS = re.compile(r"^[A-Z]\d\d(\.\d{1,2})? (?=\S)")
CRITICAL = {"high": bilingual("may be dangerous"), "low": NOTHING}


def of_condition(condition: Mapping[str, Any]) -> Facts:
    """A diagnosis, and how severe it is."""
    return Facts(
        headline=of_concept(condition.get("code")),
        value=of_concept(condition.get("severity")),
        code=code_in(condition.get("code")),
    )


def of_allergy(allergy: Mapping[str, Any]) -> Facts:
    """What the person must not meet, how they react, how dangerous it is."""
    signs = [
        of_concept(sign)
        for reaction in allergy.get("reaction") or []
        for sign in reaction.get("manifestation") or []
    ]
    return Facts(
        headline=of_concept(allergy.get("code")),
        value=joined(signs),
        detail=CRITICAL.get(sanitized_text(allergy.get("criticality")), NOTHING),
        code=code_in(allergy.get("code")),
    )


def of_encounter(encounter: Mapping[str, Any]) -> Facts:
    """A visit: what for, and in what setting."""
    kinds = [of_concept(each) for each in encounter.get("type") or []]
    reasons = [of_concept(each) for each in encounter.get("reasonCode") or []]
    return Facts(
        headline=next((each for each in kinds if each), NOTHING),
        value=joined(reasons),
        detail=setting_words(encounter),
    )


def setting_words(encounter: Mapping[str, Any]) -> BilingualText:
    """Where a visit takes place: outpatient, in hospital; what we do not know as it was written."""
    setting = encounter.get("class")
    if not isinstance(setting, Mapping):
        return NOTHING
    code = sanitized_text(setting.get("code"))
    return ENCOUNTER_CLASSES.get(code) or phrase(setting.get("display") or code)


def of_composition(composition: Mapping[str, Any]) -> Facts:
    """A written note: its title and the first words of its conclusion."""
    title = phrase(composition.get("title")) or of_concept(composition.get("type"))
    return Facts(
        headline=of_concept(composition.get("type")) or title,
        value=diagnosis_in(composition),
        code=code_in(composition.get("type")),
        problems=problems_in(composition),
    )


def diagnosis_in(composition: Mapping[str, Any]) -> BilingualText:
    """The diagnosis that a note of ours names, else its title."""
    for section in composition.get("section") or []:
        if code_in(section.get("code")) == DIAGNOSIS:
            for entry in section.get("entry") or []:
                if shown := CODE_BEFORE_WORDS.sub("", sanitized_text(entry.get("display"))):
                    return BilingualText(shown, shown)
    return phrase(composition.get("title"))


def problems_in(composition: Mapping[str, Any], endings: Sequence[Ending] = ()) -> tuple[BilingualText, ...]:
    """The diagnoses that a note holds within itself, of its own patient, as far as they count today."""
    return () if entered_in_error(composition) else tuple(dict.fromkeys(_problems_in(composition, endings)))


def _problems_in(composition: Mapping[str, Any], endings: Sequence[Ending]) -> Iterator[BilingualText]:
    for each in composition.get("contained") or []:
        own = each.get("subject") in (None, composition.get("subject"))
        if each.get("resourceType") != "Condition" or not own or not counts_today(each):
            continue
        if not ending_of(each, endings, written=composition.get("date")):
            code, name, state = code_in(each.get("code")), of_concept(each.get("code")), state_words(each)
            pairs = zip(name, state, strict=True)
            yield BilingualText(*(_problem_text(code, words, doubt) for words, doubt in pairs))


def _problem_text(code: str, name: str, state: str) -> str:
    named = name if code in name else f"{code} {name}"
    return f"{named} ({state})" if state else named


def of_family_member(history: Mapping[str, Any]) -> Facts:
    """A relative's illnesses: whose, and which."""
    illnesses = [
        of_concept(each.get("code")) for each in history.get("condition") or [] if isinstance(each, Mapping)
    ]
    relative = of_concept(history.get("relationship")) or phrase(history.get("name"))
    return Facts(value=joined([relative, joined(illnesses)], by=": "))


def of_procedure(procedure: Mapping[str, Any]) -> Facts:
    reasons = [of_concept(each) for each in procedure.get("reasonCode") or []]
    return Facts(
        headline=of_concept(procedure.get("code")),
        value=of_concept(procedure.get("outcome")) or joined(reasons),
        code=code_in(procedure.get("code")),
    )


def of_immunization(immunization: Mapping[str, Any]) -> Facts:
    return Facts(
        headline=of_concept(immunization.get("vaccineCode")),
        value=dose_numbers(immunization),
        code=code_in(immunization.get("vaccineCode")),
    )


def dose_numbers(immunization: Mapping[str, Any]) -> BilingualText:
    """Which dose of its course a vaccination was."""
    applied = [each for each in immunization.get("protocolApplied") or [] if isinstance(each, Mapping)]
    spellings = ("doseNumberPositiveInt", "doseNumberString")
    numbers = [sanitized_text(str(each[name])) for each in applied for name in spellings if name in each]
    return joined([bilingual("dose %(number)s", number=each) for each in numbers])


def of_imaging_study(study: Mapping[str, Any]) -> Facts:
    """Pictures: how they were taken, and of what."""
    series = [each for each in study.get("series") or [] if isinstance(each, Mapping)]
    ways = dict.fromkeys(modality_words(each.get("modality")) for each in series)
    parts = dict.fromkeys(phrase((each.get("bodySite") or {}).get("display")) for each in series)
    images = study.get("numberOfInstances")
    return Facts(
        headline=_capital(joined(list(ways))) or phrase(study.get("description")),
        value=joined(list(parts)) or phrase(study.get("description")),
        detail=bilingual("images: %(count)s", count=images) if isinstance(images, int) else NOTHING,
    )


def modality_words(modality: object) -> BilingualText:
    """A DICOM modality in words."""
    if not isinstance(modality, Mapping):
        return NOTHING
    known = MODALITIES.get(sanitized_text(modality.get("code")))
    return (
        known.technique
        if known and known.technique
        else phrase(modality.get("display") or modality.get("code"))
    )


def _capital(words: BilingualText) -> BilingualText:
    return BilingualText(*(text[:1].upper() + text[1:] for text in words))
