"""The page of an entry tells an element, or says that there is something it does not show: whatever the type, whatever the element."""

import re
from datetime import timedelta, timezone
from uuid import UUID

import pytest
from fhir.resources.R4B import get_fhir_model_class

from emr.content.rules.subject import Subject
from emr.details.rules.sections import Told, sections_of
from emr.details.rules.untold import BESIDE, BILLS
from emr.entries.rules.kinds import KIND_OF_TYPE
from emr.notes.rules import Authorship, composition_of
from emr.summaries.rules.summary import summary_of
from emr.terminology.rules.values import MORE_IN_THE_ORIGINAL
from tests.emr.notes.factories import note

ORENBURG = timezone(timedelta(hours=5))
WORD = "Wortlaut"
SAMPLES = {
    "CodeableConcept": {"text": WORD},
    "Coding": {"display": WORD},
    "Reference": {"display": WORD},
    "Annotation": {"text": WORD},
    "Period": {"start": "2001-02-03"},
    "Timing": {"event": ["2001-02-03"]},
    "Range": {"low": {"value": 1234, "unit": "mg"}},
    "Ratio": {"numerator": {"value": 1234}, "denominator": {"value": 1}},
    "SampledData": {"data": "1234", "period": 1, "origin": {"value": 0}},
    "Age": {"value": 1234},
    "Duration": {"value": 1234},
    "Quantity": {"value": 1234},
    "bool": True,
    "Code": WORD,
    "Url": WORD,
    "Base64Binary": WORD,
    "DateTime": "2001-02-03",
    "Date": "2001-02-03",
    "Instant": "2001-02-03",
    "Time": "12:34:00",
    "Integer": 1234,
    "PositiveInt": 1234,
    "UnsignedInt": 1234,
    "Decimal": 1234,
    "String": WORD,
    "Markdown": WORD,
    "Uri": WORD,
    "Canonical": WORD,
}
SIGNS = (WORD, "2001", "1234", "12:34", MORE_IN_THE_ORIGINAL.en, "yes")
# States have words of their own, which another test looks at; an order given or not is one of them.
STATES = {
    "status", "intent", "clinicalStatus", "verificationStatus", "docStatus", "lifecycleStatus", "achievementStatus",
    "actuality", "mode", "doNotPerform", "isSubpotent", "active", "modifierExtension", "resourceType", "resource_type",
    "participantStatus",
}  # fmt: skip
# True is what goes without saying; a setting that we do not know has no words.
ORDINARY = {"primarySource"}
TYPES = [each for each in KIND_OF_TYPE if each not in BILLS]


def _elements_of(resource_type: str) -> dict[str, object]:
    """Every element with a value of its type; of one with parts of its own a part that nobody knows."""
    made: dict[str, object] = {}
    for field_name, field in get_fhir_model_class(resource_type).model_fields.items():
        name, shape = field.alias or field_name, str(field.annotation)
        if field_name.endswith("__ext") or name.startswith("_") or name in BESIDE | STATES | ORDINARY:
            continue
        found = re.search(r"abc\.(\w+)Type|, (\w+)\(|(bool)", shape)
        kind = next(filter(None, found.groups())) if found else ""
        value = SAMPLES.get(kind, {"partOfItsOwn": WORD})
        made[name] = [value] if "List[" in shape or "list[" in shape else value
    return made


@pytest.mark.parametrize("resource_type", TYPES)
def test_no_element_goes_without_a_word(resource_type):
    silent = []
    for name, value in _elements_of(resource_type).items():
        resource = {"resourceType": resource_type, name: value}
        fields = [
            field
            for section in sections_of(resource, told=Told(), subject=Subject(zone=ORENBURG))
            for field in section.fields
        ]
        heading = summary_of(resource).facts.headline.en
        page = " ".join([heading, *(f"{field.label.en} {field.value.en}" for field in fields)])
        if not any(sign in page for sign in SIGNS):
            silent.append(f"{name}: {value}")
    assert silent == []


def _page(resource: dict, **told: bool) -> dict[str, str]:
    sections = sections_of(resource, told=Told(**told), subject=Subject(zone=ORENBURG))
    return {field.label.en: field.value.en for section in sections for field in section.fields}


def test_a_part_of_a_part_that_has_no_words_is_said_to_be_there():
    allergy = {"resourceType": "AllergyIntolerance", "code": {"text": "Nuts"}}
    told = {"manifestation": [{"text": "shock"}], "severity": "severe"}

    assert "Not shown" not in _page({**allergy, "reaction": [told]})
    assert (
        _page({**allergy, "reaction": [{**told, "substance": {"text": "walnut"}}]})["Not shown"]
        == MORE_IN_THE_ORIGINAL.en
    )


def test_a_narrative_that_says_more_than_its_resource_is_read_in_full():
    narrative = {
        "status": "additional",
        "div": '<div xmlns="http://www.w3.org/1999/xhtml">Only said here</div>',
    }
    observation = {"resourceType": "Observation", "valueString": "clear", "text": narrative}

    assert "Only said here" in _page(observation).values()
    assert (
        "Only said here" not in _page({**observation, "text": {**narrative, "status": "generated"}}).values()
    )


def test_a_relatives_illness_stands_on_the_page_that_tells_of_the_relative():
    history = {
        "resourceType": "FamilyMemberHistory",
        "relationship": {"text": "mother"},
        "condition": [{"code": {"text": "Diabetes"}, "onsetAge": {"value": 50, "unit": "a"}}],
    }

    page = _page(history)

    assert (page["Relative"], page["Diabetes"]) == ("mother", "at the age of 50 years")


def test_answers_stand_beside_their_questions_however_deep():
    smoking = {"linkId": "1.1", "text": "Smoking?", "answer": [{"valueBoolean": False}]}
    weight = {
        "linkId": "1.2",
        "text": "Weight?",
        "answer": [{"valueDecimal": 70.5}, {"valueCoding": {"display": "heavy"}}],
    }
    questionnaire = {
        "resourceType": "QuestionnaireResponse",
        "item": [
            {"linkId": "1", "text": "Habits", "item": [smoking, weight]},
            {"linkId": "2", "text": "Alcohol?"},
        ],
    }

    page = _page(questionnaire)

    assert (page["Smoking?"], page["Weight?"], page["Alcohol?"]) == ("no", "70.5; heavy", "not answered")


def test_whom_a_sender_means_is_told_whole():
    person = {
        "resourceType": "Patient",
        "gender": "female",
        "birthDate": "1961",
        "address": [{"line": ["Shkolnaya 8"], "city": "Orenburg"}, {"text": "Orsk, Mira 1"}],
    }

    page = _page(person)

    assert page["Sex"] == "female"
    assert page["Address"] == "Orsk, Mira 1"
    assert "Not shown" not in page


@pytest.mark.parametrize("headed", [False, True])
def test_a_note_of_ours_is_told_whole_and_its_title_once(headed):
    by = Authorship(UUID(int=1), UUID(int=2), "A doctor", UUID(int=3), "A clinic")
    written = composition_of(note(), entry_id=UUID(int=4), by=by, amends=False)

    page = _page(written, headed=headed)

    assert "Not shown" not in page
    assert "Name" not in page
    assert ("Date" in page) is not headed
    assert _page({**written, "title": "Second opinion"})["Name"] == "Second opinion"


def test_a_text_that_waits_for_its_signature_is_not_called_final():
    by = Authorship(UUID(int=1), UUID(int=2), "A doctor", UUID(int=3), "A clinic")
    written = composition_of(note(), entry_id=UUID(int=4), by=by, amends=False)

    assert _page(written)["State"] == "final"
    assert "State" not in _page(written, signed=False)
