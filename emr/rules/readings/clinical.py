"""Readings of what happened: results, diagnoses, allergies, visits, procedures, vaccinations, images."""

from collections.abc import Mapping
from typing import Any

from emr.rules.readings.parts import FIRST, REASON, STATE, VISIT, Field, Section, Teller
from emr.rules.summaries.measurements import FLAG_WORDS, flag_of
from emr.rules.summaries.measurements import of_observation as summary_of_observation
from emr.rules.summaries.stories import ENCOUNTER_CLASSES, modality_words
from emr.rules.words import NOTHING, Words, as_written, joined, of_concept, phrase
from emr.rules.words.numbers import range_words, value_words
from emr.rules.words.statuses import code_in, status_words

BODY_SITE = Words("Part of the body", "Часть тела")
USUAL = Words("Usual range", "Обычные значения")


def of_observation(say: Teller) -> list[Section]:
    resource = say.resource
    facts = summary_of_observation(resource)
    fields = [
        Field(Words("What was measured", "Что измерено"), facts.headline),
        Field(Words("Result", "Результат"), facts.value),
        Field(USUAL, _ranges(resource)),
        Field(Words("Assessment", "Оценка"), _interpretation(resource)),
        say.concept("method", Words("Method", "Метод")),
        say.concept("bodySite", BODY_SITE),
        say.date("effectiveDateTime", Words("Measured", "Измерено")),
        say.period("effectivePeriod", Words("Measured", "Измерено")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    parts = [Field(of_concept(each.get("code")), _part(each)) for each in say.each_of("component")]
    return [say.section(FIRST, fields), say.section(Words("Parts of the result", "Составляющие"), parts)]


def _part(component: Mapping[str, Any]) -> Words:
    usual = _ranges(component)
    told = Words(f"usual: {usual.en}", f"обычно: {usual.ru}") if usual else NOTHING
    return joined([value_words(component), told, FLAG_WORDS[flag_of(component)]], by="; ")


def _ranges(holder: Mapping[str, Any]) -> Words:
    """Every reference range, each with the people to whom it applies."""
    told = []
    for each in holder.get("referenceRange") or []:
        if isinstance(each, Mapping):
            for_whom = joined([of_concept(who) for who in each.get("appliesTo") or []])
            usual = range_words(each) or phrase(each.get("text"))
            told.append(joined([usual, for_whom]))
    return joined(told, by="; ")


def _interpretation(holder: Mapping[str, Any]) -> Words:
    written = joined([of_concept(each) for each in holder.get("interpretation") or []])
    return FLAG_WORDS[flag_of(holder)] or written


def of_report(say: Teller) -> list[Section]:
    fields = [
        say.concept("code", Words("Report", "Заключение")),
        say.text("conclusion", Words("Conclusion", "Вывод")),
        say.concepts("conclusionCode", Words("Findings", "Находки")),
        say.date("effectiveDateTime", Words("Date", "Дата")),
        say.state(),
        say.reference("encounter", VISIT),
    ]
    results = [_result(say, each) for each in say.each_of("result")]
    return [say.section(FIRST, fields), say.section(Words("Results", "Показатели"), results)]


def _result(say: Teller, reference: Mapping[str, Any]) -> Field:
    """A result in its report: names come as "name: value"."""
    told = say.referred(reference)
    (name_en, _, value_en), (name_ru, _, value_ru) = (text.partition(": ") for text in told)
    return Field(Words(name_en, name_ru), Words(value_en, value_ru) or told)


def of_condition(say: Teller) -> list[Section]:
    resource = say.resource
    clinical, verified = code_in(resource.get("clinicalStatus")), code_in(resource.get("verificationStatus"))
    codes = [as_written(each.get("code")) for each in (resource.get("code") or {}).get("coding") or []]
    fields = [
        say.concept("code", Words("Diagnosis", "Диагноз")),
        Field(Words("Code", "Код"), Words(", ".join(codes), ", ".join(codes))),
        say.concept("severity", Words("Severity", "Тяжесть")),
        say.concepts("bodySite", BODY_SITE),
        Field(STATE, joined([status_words(clinical), status_words(verified)])),
        say.date("onsetDateTime", Words("Began", "Начало")),
        say.text("onsetString", Words("Began", "Начало")),
        say.date("abatementDateTime", Words("Ended", "Окончание")),
        say.date("recordedDate", Words("Written down", "Записано")),
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
        say.concept("code", Words("To what", "На что")),
        Field(Words("Kind", "Вид"), joined(kinds)),
        Field(Words("Danger", "Опасность"), status_words(resource.get("criticality"))),
        Field(STATE, joined([status_words(clinical), status_words(verified)])),
        say.date("onsetDateTime", Words("Began", "Начало")),
        say.date("recordedDate", Words("Written down", "Записано")),
        *say.notes(),
    ]
    reactions = [
        Field(
            joined([of_concept(sign) for sign in each.get("manifestation") or []]),
            status_words(each.get("severity")) or Words("severity not recorded", "тяжесть не указана"),
        )
        for each in say.each_of("reaction")
    ]
    return [say.section(FIRST, fields), say.section(Words("Reactions", "Реакции"), reactions)]


def of_encounter(say: Teller) -> list[Section]:
    resource = say.resource
    setting = resource.get("class") or {}
    people = [say.referred(each.get("individual")) for each in say.each_of("participant")]
    fields = [
        say.concepts("type", Words("Kind of visit", "Вид визита")),
        Field(Words("Setting", "Условия"), ENCOUNTER_CLASSES.get(as_written(setting.get("code")), NOTHING)),
        say.concepts("reasonCode", REASON),
        say.period("period", Words("When", "Когда")),
        say.reference("serviceProvider", Words("Where", "Где")),
        Field(Words("Who", "Кто принимал"), joined(people)),
        say.state(),
    ]
    return [say.section(FIRST, fields)]


def of_procedure(say: Teller) -> list[Section]:
    fields = [
        say.concept("code", Words("Procedure", "Процедура")),
        say.concepts("reasonCode", REASON),
        say.references("reasonReference", REASON),
        say.concepts("bodySite", BODY_SITE),
        say.concept("outcome", Words("Outcome", "Исход")),
        say.concepts("complication", Words("Complications", "Осложнения")),
        say.date("performedDateTime", Words("When", "Когда")),
        say.period("performedPeriod", Words("When", "Когда")),
        say.state(),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_immunization(say: Teller) -> list[Section]:
    fields = [
        say.concept("vaccineCode", Words("Vaccine", "Вакцина")),
        say.date("occurrenceDateTime", Words("Given", "Сделана")),
        say.text("lotNumber", Words("Batch", "Серия")),
        say.date("expirationDate", Words("Use before", "Годна до")),
        say.concept("site", BODY_SITE),
        say.concept("route", Words("Way", "Способ введения")),
        say.state(),
        say.concept("statusReason", REASON),
        say.reference("encounter", VISIT),
        *say.notes(),
    ]
    return [say.section(FIRST, fields)]


def of_imaging_study(say: Teller) -> list[Section]:
    fields = [
        say.text("description", Words("Study", "Исследование")),
        say.date("started", Words("Taken", "Сделано")),
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
    return [say.section(FIRST, fields), say.section(Words("Series", "Серии"), series)]


def _images(count: object) -> Words:
    return Words(f"images: {count}", f"снимков: {count}") if isinstance(count, int) else NOTHING
