"""An entry in full, as sections of labelled values in both languages: what a person reads when they open it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from emr.content.rules.narrative import plain_text
from emr.content.rules.subject import Subject
from emr.details.rules import clinical, notes, plans
from emr.details.rules.others import of_any, of_family_member, of_patient, of_questionnaire
from emr.details.rules.parts import FIRST, DetailsBuilder, Field, Section, Told
from emr.details.rules.untold import ReadResource
from emr.terminology.rules.phrases import NOTHING
from emr.terminology.rules.values import MORE_IN_THE_ORIGINAL
from foundation.language.bilingual import bilingual

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
    "FamilyMemberHistory": of_family_member,
    "Patient": of_patient,
    "QuestionnaireResponse": of_questionnaire,
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
    tell = OF_TYPE.get(str(resource.get("resourceType")), of_any)
    read = ReadResource(resource)
    build = DetailsBuilder(read, told, subject)
    shown = [section for section in tell(build) if section.fields]
    return [*shown, *_beyond(build, read, shown)]


def _beyond(build: DetailsBuilder, read: ReadResource, shown: Sequence[Section]) -> Iterator[Section]:
    """What no field tells: a narrative that says more than its resource, and that there is more."""
    narrative = read.get("text")
    text = plain_text(narrative)
    additional = isinstance(narrative, Mapping) and narrative.get("status") == "additional"
    if additional and not any(field.long for section in shown for field in section.fields):
        yield build.section(bilingual("Text"), [build.long(NOTHING, text)])
    if read.holds_more():
        yield build.section(FIRST, [Field(bilingual("Not shown"), MORE_IN_THE_ORIGINAL)])
