"""An entry in full, as sections of labelled values in both languages: what a person reads when they open it."""

from collections.abc import Mapping
from typing import Any

from emr.content.rules.narrative import plain_text
from emr.content.rules.subject import Subject
from emr.details.rules import clinical, notes, plans
from emr.details.rules.parts import FIRST, DetailsBuilder, Field, Section, Told
from emr.summaries.rules.summary import type_words
from emr.terminology.rules.phrases import of_concept
from foundation.language.bilingual import bilingual, bilingual_in

__all__ = ["Field", "Section", "Told", "sections_of"]

OF_TYPE: Mapping[str, Any] = {
    "Observation": clinical.of_observation,
    "DiagnosticReport": clinical.of_report,
    "Condition": clinical.of_condition,
    "AllergyIntolerance": clinical.of_allergy,
    "Encounter": clinical.of_encounter,
    "Procedure": clinical.of_procedure,
    "Immunization": clinical.of_immunization,
    "ImagingStudy": clinical.of_imaging_study,
    "Composition": notes.of_composition,
    "MedicationRequest": plans.of_medicine,
    "MedicationStatement": plans.of_medicine,
    "MedicationAdministration": plans.of_medicine,
    "MedicationDispense": plans.of_medicine,
    "CarePlan": plans.of_care_plan,
    "Goal": plans.of_goal,
    "CareTeam": plans.of_care_team,
    "Claim": plans.of_bill,
    "ExplanationOfBenefit": plans.of_bill,
}


def sections_of(resource: Mapping[str, Any], *, told: Told, subject: Subject) -> list[Section]:
    """Everything a resource says that has words, nothing as markup.

    Args:
        told: what is known around it.
        subject: whose the resource is, in whose zone times are told.
    """
    tell = OF_TYPE.get(str(resource.get("resourceType")), _of_any)
    shown = tell(DetailsBuilder(resource, told, subject))
    return [section for section in shown if section.fields]


def _of_any(build: DetailsBuilder) -> list[Section]:
    """A type without words of its own: what can be said of every resource, and its narrative as plain text."""
    resource = build.resource
    fields = [
        Field(bilingual_in("record", "What"), type_words(str(resource.get("resourceType")))),
        build.concept("code", bilingual_in("record", "Name")),
        *(Field(bilingual("Type"), of_concept(each)) for each in build.each_of("type")),
        build.date("date", bilingual("Date")),
        build.period("period", bilingual("Period")),
        build.state(),
        build.text("description", bilingual("Description")),
        build.long(bilingual("Text"), plain_text(resource.get("text"))),
        *build.notes(),
    ]
    return [build.section(FIRST, fields)]
