"""Details of what happened: results, diagnoses, allergies, visits, procedures, vaccinations, images."""

from collections.abc import Mapping
from typing import Any

from emr.content.rules.texts import sanitized_text
from emr.details.rules.parts import FIRST, REASON, VISIT, DetailsBuilder, Field, Section
from emr.summaries.rules.clinical_summaries import dose_numbers, modality_words, setting_words
from emr.summaries.rules.measurements import FLAG_WORDS, flag_of
from emr.summaries.rules.measurements import of_observation as summary_of_observation
from emr.summaries.rules.ranges import range_for
from emr.terminology.rules.numbers import range_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.statuses import status_words
from emr.terminology.rules.values import absence_words, value_words
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

BODY_SITE = bilingual("Part of the body")
NORMAL = bilingual("Normal range")
SECOND_HAND = bilingual("from somebody else than who gave it")


def of_observation(build: DetailsBuilder) -> list[Section]:
    resource = build.resource
    facts = summary_of_observation(resource, build.subject)
    fields = [
        Field(bilingual("What was measured"), facts.headline),
        build.in_full(bilingual("Result"), facts.value, resource.get("valueString")),
        Field(NORMAL, _ranges(build, resource)),
        Field(bilingual("Assessment"), _interpretation(build)),
        Field(bilingual("Previous value"), build.told.earlier),
        build.concept("method", bilingual("Method")),
        build.concept("bodySite", BODY_SITE),
        *build.moment("effective", bilingual("Measured")),
        _state(build),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    parts = [Field(of_concept(each.get("code")), _part(build, each)) for each in build.each_of("component")]
    return [build.section(FIRST, fields), build.section(bilingual("Parts of the result"), parts)]


def _part(build: DetailsBuilder, component: Mapping[str, Any]) -> BilingualText:
    usual = _ranges(build, component)
    shown = bilingual("normal is %(range)s", range=usual) if usual else NOTHING
    told = value_words(component, zone=build.zone) or absence_words(component)
    flag = FLAG_WORDS[flag_of(build.resource, build.subject, component=component)]
    return joined([told, shown, flag], by="; ")


def _ranges(build: DetailsBuilder, holder: Mapping[str, Any]) -> BilingualText:
    """The reference range that holds for this person, else every one, each with the people to whom it applies."""
    chosen = range_for(build.resource, holder, build.subject)
    ranges = [chosen] if chosen else holder.get("referenceRange") or []
    shown = []
    for each in ranges:
        if isinstance(each, Mapping):
            for_whom = [of_concept(who) for who in each.get("appliesTo") or []]
            age = range_words(each.get("age"))
            told = [range_words(each) or phrase(each.get("text")), of_concept(each.get("type")), *for_whom]
            shown.append(joined([*told, bilingual("age: %(range)s", range=age) if age else NOTHING]))
    return joined(shown, by="; ")


def _interpretation(build: DetailsBuilder) -> BilingualText:
    written = joined([of_concept(each) for each in build.each_of("interpretation")])
    return FLAG_WORDS[flag_of(build.resource, build.subject)] or written


def of_report(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.concept("code", bilingual("Report")),
        build.text("conclusion", bilingual("Conclusion")),
        build.concepts("conclusionCode", bilingual("Findings")),
        *build.moment("effective", bilingual("Date")),
        _state(build),
        build.reference("encounter", VISIT),
    ]
    results = [_result(build, each) for each in build.each_of("result")]
    return [build.section(FIRST, fields), build.section(bilingual("Results"), results)]


def _result(build: DetailsBuilder, reference: Mapping[str, Any]) -> Field:
    """A result in its report: names come as "name: value"."""
    shown = build.referred(reference)
    (name_en, _, value_en), (name_ru, _, value_ru) = (text.partition(": ") for text in shown)
    compared = build.told.compared.get(sanitized_text(reference.get("reference")), NOTHING)
    value = joined([BilingualText(value_en, value_ru), compared], by="; ")
    return Field(BilingualText(name_en, name_ru), value or shown)


def _state(build: DetailsBuilder) -> Field:
    """A result that is ready is called so: "final" alone says little."""
    told = build.state()
    return Field(told.label, bilingual("final result")) if told.value == status_words("final") else told


def of_condition(build: DetailsBuilder) -> list[Section]:
    resource = build.resource
    codes = [sanitized_text(each.get("code")) for each in (resource.get("code") or {}).get("coding") or []]
    fields = [
        build.concept("code", bilingual("Diagnosis")),
        Field(bilingual("Code"), BilingualText(", ".join(codes), ", ".join(codes))),
        build.concept("severity", bilingual("Severity")),
        build.concepts("bodySite", BODY_SITE),
        build.state(),
        *build.moment("onset", bilingual("Began")),
        *build.moment("abatement", bilingual("Ended")),
        build.date("recordedDate", bilingual("Written down")),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def of_allergy(build: DetailsBuilder) -> list[Section]:
    resource = build.resource
    kinds = [
        status_words(resource.get("type")),
        *(status_words(each) for each in resource.get("category") or []),
    ]
    fields = [
        build.concept("code", bilingual("To what")),
        Field(bilingual("Kind"), joined(kinds)),
        Field(bilingual("Danger"), status_words(resource.get("criticality"))),
        build.state(),
        *build.moment("onset", bilingual("Began")),
        build.date("recordedDate", bilingual("Written down")),
        *build.notes(),
    ]
    reactions = [
        Field(
            joined([of_concept(sign) for sign in each.get("manifestation") or []]),
            status_words(each.get("severity")) or bilingual("severity not recorded"),
        )
        for each in build.each_of("reaction")
    ]
    return [build.section(FIRST, fields), build.section(bilingual("Reactions"), reactions)]


def of_encounter(build: DetailsBuilder) -> list[Section]:
    people = [build.person(each.get("individual")) for each in build.each_of("participant")]
    fields = [
        build.concepts("type", bilingual("Kind of visit")),
        Field(bilingual("Setting"), setting_words(build.resource)),
        build.concepts("reasonCode", REASON),
        build.period("period", bilingual("When")),
        build.reference("serviceProvider", bilingual("Where")),
        Field(bilingual("Who"), joined(people)),
        build.state(),
    ]
    return [build.section(FIRST, fields)]


def of_procedure(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.concept("code", bilingual("Procedure")),
        build.concepts("reasonCode", REASON),
        build.references("reasonReference", REASON),
        build.concepts("bodySite", BODY_SITE),
        build.concept("outcome", bilingual("Outcome")),
        build.concepts("complication", bilingual("Complications")),
        *build.moment("performed", bilingual("When")),
        build.state(),
        build.concept("statusReason", REASON),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def of_immunization(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.concept("vaccineCode", bilingual("Vaccine")),
        Field(bilingual("Dose"), dose_numbers(build.resource)),
        *build.moment("occurrence", bilingual("Given")),
        Field(
            bilingual("Known"), NOTHING if build.resource.get("primarySource") is not False else SECOND_HAND
        ),
        build.text("lotNumber", bilingual("Batch")),
        build.date("expirationDate", bilingual("Use before")),
        build.concept("site", BODY_SITE),
        build.concept("route", bilingual_in("record", "Way")),
        build.state(),
        build.concept("statusReason", REASON),
        build.concepts("reasonCode", REASON),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def of_imaging_study(build: DetailsBuilder) -> list[Section]:
    fields = [
        build.text("description", bilingual("Study")),
        build.date("started", bilingual_in("images", "Taken")),
        build.concepts("reasonCode", REASON),
        build.state(),
        build.reference("encounter", VISIT),
        *build.notes(),
    ]
    series = [
        Field(
            modality_words(each.get("modality")),
            joined(
                [phrase((each.get("bodySite") or {}).get("display")), _images(each.get("numberOfInstances"))]
            ),
        )
        for each in build.each_of("series")
    ]
    return [build.section(FIRST, fields), build.section(bilingual("Series"), series)]


def _images(count: object) -> BilingualText:
    return bilingual("images: %(count)s", count=count) if isinstance(count, int) else NOTHING
