"""Details of types that have no page of their own, and of those that tell of other people or of answers."""

from collections.abc import Iterator, Mapping
from typing import Any

from emr.content.rules.context import directory_name
from emr.content.rules.narrative import plain_text
from emr.content.rules.texts import sanitized_text
from emr.details.rules.parts import FIRST, REASON, DetailsBuilder, Field, Section
from emr.summaries.rules.summary import type_words
from emr.terminology.rules.choices import choice_words
from emr.terminology.rules.numbers import boolean_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from emr.terminology.rules.values import value_words
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

# Where types without a page of their own say when, in whichever spelling.
WHEN = ("occurrence", "effective", "identified", "timing", "performed", "created")
DEEPEST_ITEM = 8
DEATH = bilingual("Death")
# http://hl7.org/fhir/R4/valueset-administrative-gender.html; unknown says nothing.
SEX_WORDS = {
    "male": bilingual_in("sex", "male"),
    "female": bilingual_in("sex", "female"),
    "other": bilingual_in("sex", "other"),
    "unknown": bilingual_in("sex", "unknown"),
}


def of_any(build: DetailsBuilder) -> list[Section]:
    """A type without words of its own: what can be said of every resource, and its narrative as plain text."""
    resource = build.resource
    fields = [
        Field(bilingual_in("record", "What"), type_words(str(resource.get("resourceType")))),
        build.concept("code", bilingual_in("record", "Name")),
        build.concept("event", bilingual_in("record", "Name")),
        *(Field(bilingual("Type"), of_concept(each)) for each in build.each_of("type")),
        build.text("type", bilingual("Type")),
        build.date("authoredOn", bilingual("Ordered")),
        build.date("date", bilingual("Date")),
        *(field for name in WHEN for field in build.moment(name, bilingual("When"))),
        build.period("period", bilingual("Period")),
        build.state(),
        build.concepts("reasonCode", REASON),
        build.references("reasonReference", REASON),
        build.text("description", bilingual("Description")),
        build.text("detail", bilingual("Description")),
        build.long(bilingual("Text"), plain_text(resource.get("text"))),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]


def of_patient(build: DetailsBuilder) -> list[Section]:
    """What a sender says of the person."""
    name = directory_name(build.resource)
    fields = [
        Field(bilingual_in("record", "Name"), BilingualText(name, name)),
        build.date("birthDate", bilingual("Date of birth")),
        Field(bilingual("Sex"), SEX_WORDS.get(str(build.resource.get("gender")), NOTHING)),
        *(Field(bilingual("Address"), phrase(_address(each))) for each in build.each_of("address")),
        *build.moment("deceased", DEATH),
        *build.moment("multipleBirth", bilingual("One of several born together")),
        build.state(),
    ]
    return [build.section(FIRST, fields)]


def _address(address: Mapping[str, Any]) -> str:
    """As its sender wrote it whole, else its parts in the order in which a letter bears them."""
    lines = address.get("line")
    parts = [
        *(lines if isinstance(lines, list) else []),
        *(address.get(name) for name in ("city", "district", "state", "postalCode", "country")),
    ]
    return sanitized_text(address.get("text")) or ", ".join(
        each for part in parts if (each := sanitized_text(part))
    )


def of_family_member(build: DetailsBuilder) -> list[Section]:
    """A relative: who, what they had or have, and whether they live."""
    illnesses = [
        Field(
            of_concept(each.get("code")),
            joined([*choice_words(each, "onset", zone=build.zone), of_concept(each.get("outcome"))])
            or bilingual("nothing more told"),
        )
        for each in build.each_of("condition")
    ]
    fields = [
        build.concept("relationship", bilingual("Relative")),
        build.text("name", bilingual_in("record", "Name")),
        *build.moment("deceased", DEATH),
        build.date("date", bilingual("Date")),
        build.state(),
        build.long(bilingual("Text"), plain_text(build.resource.get("text"))),
        *build.notes(),
    ]
    return [build.section(FIRST, fields), build.section(bilingual("Illnesses of the relative"), illnesses)]


def of_questionnaire(build: DetailsBuilder) -> list[Section]:
    """What was asked, and what was answered."""
    fields = [build.date("authored", bilingual("Date")), build.state()]
    answers = list(_answers(build, build.each_of("item"), depth=0))
    return [build.section(FIRST, fields), build.section(bilingual("Answers"), answers)]


def _answers(build: DetailsBuilder, items: list[Any], *, depth: int) -> Iterator[Field]:
    for item in items if depth < DEEPEST_ITEM else []:
        if not isinstance(item, Mapping):
            continue
        asked = phrase(item.get("text") or sanitized_text(item.get("linkId")))
        answers = [each for each in item.get("answer") or [] if isinstance(each, Mapping)]
        told = joined([_answer(build, each) for each in answers], by="; ")
        within = [
            *_list(item.get("item")),
            *(each for answer in answers for each in _list(answer.get("item"))),
        ]
        if told or not within:
            yield Field(asked, told or bilingual("not answered"))
        yield from _answers(build, within, depth=depth + 1)


def _answer(build: DetailsBuilder, answer: Mapping[str, Any]) -> BilingualText:
    """The value[x] of an answer, which is of more types than an observation's."""
    if isinstance(answer.get("valueBoolean"), bool):
        return boolean_words(answer["valueBoolean"])
    if isinstance(coding := answer.get("valueCoding"), Mapping):
        return of_concept({"coding": [coding]})
    if isinstance(answer.get("valueReference"), Mapping):
        return build.referred(answer["valueReference"])
    return value_words(_as_observed(answer), zone=build.zone)


def _as_observed(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """An answer's decimals, dates and addresses, under the names that an observation has for them."""
    same = {"valueDecimal": "valueInteger", "valueDate": "valueDateTime", "valueUri": "valueString"}
    return {same.get(name, name): value for name, value in answer.items()}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
