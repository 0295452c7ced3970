"""Readings of what happened: results, diagnoses, allergies, visits, procedures, vaccinations, images."""

from collections.abc import Mapping
from typing import Any

from emr.content.rules.texts import as_written
from emr.details.rules.parts import FIRST, REASON, STATE, VISIT, Field, Section, Teller
from emr.summaries.rules.clinical_summaries import ENCOUNTER_CLASSES, modality_words
from emr.summaries.rules.measurements import FLAG_WORDS, flag_of
from emr.summaries.rules.measurements import of_observation as summary_of_observation
from emr.terminology.rules.numbers import range_words, value_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import code_in, status_words
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

BODY_SITE = bilingual("Part of the body")
USUAL = bilingual("Usual range")


def of_observation(say: Teller) -> list[Section]:
    resource = say.resource
    facts = summary_of_observation(resource)
    fields = [
        Field(bilingual("What was measured"), facts.headline),
        Field(bilingual("Result"), facts.value),
        Field(USUAL, _ranges(resource)),
        Field(bilingual("Assessment"), _interpretation(resource)),
        say.concept("method", bilingual("Method")),
        say.concept("bodySite", BODY_SITE),
        say.date("effectiveDateTime", bilingual("Measured")),
        say.period("effectivePeriod", bilingual("Measured")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    parts = [Field(of_concept(each.get("code")), _part(each)) for each in say.each_of("component")]
    return [say.section(FIRST, fields), say.section(bilingual("Parts of the result"), parts)]


def _part(component: Mapping[str, Any]) -> BilingualText:
    usual = _ranges(component)
    told = bilingual("usual: %(range)s", range=usual) if usual else NOTHING
    return joined([value_words(component), told, FLAG_WORDS[flag_of(component)]], by="; ")


def _ranges(holder: Mapping[str, Any]) -> BilingualText:
    """Every reference range, each with the people to whom it applies."""
    told = []
    for each in holder.get("referenceRange") or []:
        if isinstance(each, Mapping):
            for_whom = joined([of_concept(who) for who in each.get("appliesTo") or []])
            usual = range_words(each) or phrase(each.get("text"))
            told.append(joined([usual, for_whom]))
    return joined(told, by="; ")


def _interpretation(holder: Mapping[str, Any]) -> BilingualText:
    written = joined([of_concept(each) for each in holder.get("interpretation") or []])
    return FLAG_WORDS[flag_of(holder)] or written


def of_report(say: Teller) -> list[Section]:
    fields = [
        say.concept("code", bilingual("Report")),
        say.text("conclusion", bilingual("Conclusion")),
        say.concepts("conclusionCode", bilingual("Findings")),
        say.date("effectiveDateTime", bilingual("Date")),
        say.state(),
        say.reference("encounter", VISIT),
    ]
    results = [_result(say, each) for each in say.each_of("result")]
    return [say.section(FIRST, fields), say.section(bilingual("Results"), results)]


def _result(say: Teller, reference: Mapping[str, Any]) -> Field:
    """A result in its report: names come as "name: value"."""
    told = say.referred(reference)
    (name_en, _, value_en), (name_ru, _, value_ru) = (text.partition(": ") for text in told)
    return Field(BilingualText(name_en, name_ru), BilingualText(value_en, value_ru) or told)


def of_condition(say: Teller) -> list[Section]:
    resource = say.resource
    clinical, verified = code_in(resource.get("clinicalStatus")), code_in(resource.get("verificationStatus"))
    codes = [as_written(each.get("code")) for each in (resource.get("code") or {}).get("coding") or []]
    fields = [
        say.concept("code", bilingual("Diagnosis")),
        Field(bilingual("Code"), BilingualText(", ".join(codes), ", ".join(codes))),
        say.concept("severity", bilingual("Severity")),
        say.concepts("bodySite", BODY_SITE),
        Field(STATE, joined([status_words(clinical), status_words(verified)])),
        say.date("onsetDateTime", bilingual("Began")),
        say.text("onsetString", bilingual("Began")),
        say.date("abatementDateTime", bilingual("Ended")),
        say.date("recordedDate", bilingual("Written down")),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_allergy(say: Teller) -> list[Section]:
    resource = say.resource
    clinical, verified = code_in(resource.get("clinicalStatus")), code_in(resource.get("verificationStatus"))
    kinds = [
        status_words(resource.get("type")),
        *(status_words(each) for each in resource.get("category") or []),
    ]
    fields = [
        say.concept("code", bilingual("To what")),
        Field(bilingual("Kind"), joined(kinds)),
        Field(bilingual("Danger"), status_words(resource.get("criticality"))),
        Field(STATE, joined([status_words(clinical), status_words(verified)])),
        say.date("onsetDateTime", bilingual("Began")),
        say.date("recordedDate", bilingual("Written down")),
        *say.notes(),
    ]
    reactions = [
        Field(
            joined([of_concept(sign) for sign in each.get("manifestation") or []]),
            status_words(each.get("severity")) or bilingual("severity not recorded"),
        )
        for each in say.each_of("reaction")
    ]
    return [say.section(FIRST, fields), say.section(bilingual("Reactions"), reactions)]


def of_encounter(say: Teller) -> list[Section]:
    resource = say.resource
    setting = resource.get("class") or {}
    people = [say.referred(each.get("individual")) for each in say.each_of("participant")]
    fields = [
        say.concepts("type", bilingual("Kind of visit")),
        Field(bilingual("Setting"), ENCOUNTER_CLASSES.get(as_written(setting.get("code")), NOTHING)),
        say.concepts("reasonCode", REASON),
        say.period("period", bilingual("When")),
        say.reference("serviceProvider", bilingual("Where")),
        Field(bilingual("Who"), joined(people)),
        say.state(),
    ]
    return [say.section(FIRST, fields)]


def of_procedure(say: Teller) -> list[Section]:
    fields = [
        say.concept("code", bilingual("Procedure")),
        say.concepts("reasonCode", REASON),
        say.references("reasonReference", REASON),
        say.concepts("bodySite", BODY_SITE),
        say.concept("outcome", bilingual("Outcome")),
        say.concepts("complication", bilingual("Complications")),
        say.date("performedDateTime", bilingual("When")),
        say.period("performedPeriod", bilingual("When")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_immunization(say: Teller) -> list[Section]:
    fields = [
        say.concept("vaccineCode", bilingual("Vaccine")),
        say.date("occurrenceDateTime", bilingual("Given")),
        say.text("lotNumber", bilingual("Batch")),
        say.date("expirationDate", bilingual("Use before")),
        say.concept("site", BODY_SITE),
        say.concept("route", bilingual_in("record", "Way")),
        say.state(),
        say.concept("statusReason", REASON),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_imaging_study(say: Teller) -> list[Section]:
    fields = [
        say.text("description", bilingual("Study")),
        say.date("started", bilingual_in("images", "Taken")),
        say.concepts("reasonCode", REASON),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    series = [
        Field(
            modality_words(each.get("modality")),
            joined(
                [phrase((each.get("bodySite") or {}).get("display")), _images(each.get("numberOfInstances"))]
            ),
        )
        for each in say.each_of("series")
    ]
    return [say.section(FIRST, fields), say.section(bilingual("Series"), series)]


def _images(count: object) -> BilingualText:
    return bilingual("images: %(count)s", count=count) if isinstance(count, int) else NOTHING
