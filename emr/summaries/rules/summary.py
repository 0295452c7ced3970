"""One line of the timeline: what an entry says, in words of both languages, without opening it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from emr.content.rules.subject import UNKNOWN_SUBJECT, Subject
from emr.entries.enumerations import Kind
from emr.entries.rules.kinds import kind_of
from emr.summaries.rules import clinical_summaries, measurements, orders, standing
from emr.summaries.rules.endings import Ending, ending_of
from emr.summaries.rules.facts import Facts
from emr.terminology.rules.choices import undated_words
from emr.terminology.rules.phrases import NOTHING, joined, of_concept, phrase
from foundation.language.bilingual import BilingualText, bilingual, bilingual_in

# The elements that say when something began or happened, in each of their spellings.
HAPPENED = ("onset", "performed", "occurrence")
OF_TYPE: Mapping[str, Callable[[Mapping[str, Any]], Facts]] = {
    "DiagnosticReport": measurements.of_report,
    "Condition": clinical_summaries.of_condition,
    "AllergyIntolerance": clinical_summaries.of_allergy,
    "Encounter": clinical_summaries.of_encounter,
    "Composition": clinical_summaries.of_composition,
    "FamilyMemberHistory": clinical_summaries.of_family_member,
    "Procedure": clinical_summaries.of_procedure,
    "Immunization": clinical_summaries.of_immunization,
    "ImagingStudy": clinical_summaries.of_imaging_study,
    "MedicationRequest": orders.of_medicine,
    "MedicationStatement": orders.of_medicine,
    "MedicationAdministration": orders.of_medicine,
    "MedicationDispense": orders.of_medicine,
    "CarePlan": orders.of_care_plan,
    "Goal": orders.of_goal,
    "CareTeam": orders.of_care_team,
    "Claim": orders.of_claim,
    "ExplanationOfBenefit": orders.of_benefit,
}
TYPE_WORDS: Mapping[str, BilingualText] = {
    "Patient": bilingual("Personal details"),
    "Claim": bilingual("Bill"),
    "ExplanationOfBenefit": bilingual("Insurer’s settlement"),
    "Coverage": bilingual("Insurance"),
    "Consent": bilingual("Consent"),
    "Provenance": bilingual("Source of data"),
    "RelatedPerson": bilingual("Related person"),
    "Device": bilingual("Device"),
    "DocumentReference": bilingual("Document"),
    "QuestionnaireResponse": bilingual("Questionnaire"),
    "Communication": bilingual("Message"),
    "ServiceRequest": bilingual("Request"),
    "FamilyMemberHistory": bilingual("Family history"),
    "RiskAssessment": bilingual("Assessment of risk"),
    "Flag": bilingual("Warning to those who treat"),
    "DetectedIssue": bilingual("Possible problem in treatment"),
    "AdverseEvent": bilingual("Adverse event"),
    "Account": bilingual("Account"),
    "Appointment": bilingual("Appointment"),
    "AppointmentResponse": bilingual("Answer to an appointment"),
    "BodyStructure": bilingual("Part of the body"),
    "ChargeItem": bilingual("Charge"),
    "ClaimResponse": bilingual("Insurer’s answer"),
    "ClinicalImpression": bilingual("Doctor’s assessment"),
    "CommunicationRequest": bilingual("Request to let know"),
    "DeviceRequest": bilingual("Request for a device"),
    "DeviceUseStatement": bilingual("Use of a device"),
    "DocumentManifest": bilingual("Set of documents"),
    "EpisodeOfCare": bilingual("Course of care"),
    "GuidanceResponse": bilingual("Advice of a programme"),
    "ImmunizationEvaluation": bilingual("Assessment of a vaccination"),
    "ImmunizationRecommendation": bilingual("Recommended vaccinations"),
    "Invoice": bilingual("Invoice"),
    "List": bilingual_in("record", "List"),
    "Media": bilingual("Picture or recording"),
    "MedicationAdministration": bilingual("Medicine given"),
    "MedicationDispense": bilingual("Medicine handed out"),
    "MolecularSequence": bilingual("Genetic sequence"),
    "NutritionOrder": bilingual("Diet"),
    "Person": bilingual("Person"),
    "RequestGroup": bilingual("Group of requests"),
    "Specimen": bilingual("Specimen"),
    "SupplyDelivery": bilingual("Delivery"),
    "SupplyRequest": bilingual("Request for supplies"),
    "Task": bilingual("Task"),
    "VisionPrescription": bilingual("Prescription for glasses"),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What the timeline, and the doctor's view of ten seconds, say of an entry."""

    kind: Kind
    facts: Facts


def summary_of(
    resource: Mapping[str, Any], subject: Subject = UNKNOWN_SUBJECT, endings: Sequence[Ending] = ()
) -> Summary:
    """The summary of any FHIR resource of a patient; types without words of their own show what they are called.

    Args:
        endings: what the rest of the record says of problems that are over.
    """
    if resource.get("resourceType") == "Observation":
        facts = measurements.of_observation(resource, subject)
    else:
        facts = OF_TYPE.get(str(resource.get("resourceType")), _of_any)(resource)
    if not facts.headline:
        facts = facts.with_changes(headline=type_words(str(resource.get("resourceType"))))
    if told_otherwise := undated_words(resource, *HAPPENED):
        facts = facts.with_changes(detail=joined([facts.detail, told_otherwise]))
    told = facts.with_changes(
        state=standing.state_words(resource),
        active=standing.counts_today(resource),
        entered_in_error=standing.entered_in_error(resource),
        none_known=standing.none_known(resource),
        not_asked=standing.not_asked(resource),
    )
    return Summary(kind=kind_of(resource), facts=_with_endings(told, resource, endings) if endings else told)


def _with_endings(facts: Facts, resource: Mapping[str, Any], endings: Sequence[Ending]) -> Facts:
    if facts.problems:
        return facts.with_changes(problems=clinical_summaries.problems_in(resource, endings))
    ending = ending_of(resource, endings) if resource.get("resourceType") == "Condition" else None
    if ending is None:
        return facts
    state = joined([facts.state, ending.words])
    return facts.with_changes(active=False, state=state, ended_by=str(ending.entry_id))


def type_words(resource_type: str) -> BilingualText:
    """What we call a FHIR resource type."""
    kind = KIND_NAMES.get(resource_type)
    return TYPE_WORDS.get(resource_type) or kind or BilingualText(resource_type, resource_type)


KIND_NAMES: Mapping[str, BilingualText] = {
    "Encounter": bilingual("Visit"),
    "Observation": bilingual("Result"),
    "DiagnosticReport": bilingual("Report of tests"),
    "Condition": bilingual("Diagnosis"),
    "Procedure": bilingual("Procedure"),
    "Immunization": bilingual("Vaccination"),
    "AllergyIntolerance": bilingual("Allergy"),
    "MedicationRequest": bilingual("Prescription"),
    "MedicationStatement": bilingual("Medicine"),
    "ImagingStudy": bilingual("Images"),
    "CarePlan": bilingual("Care plan"),
    "CareTeam": bilingual("Care team"),
    "Goal": bilingual("Goal"),
    "Composition": bilingual("Doctor’s note"),
}


def _of_any(resource: Mapping[str, Any]) -> Facts:
    titles = [of_concept(resource.get(name)) for name in ("code", "type", "category")]
    titles += [of_concept(_first(resource.get(name))) for name in ("type", "category")]
    titles += [phrase(resource.get(name)) for name in ("title", "description", "name")]
    title = next((each for each in titles if each), NOTHING)
    kind = type_words(str(resource.get("resourceType")))
    return Facts(headline=kind, value=title)


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else None
