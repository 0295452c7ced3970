"""Kinds of entries: what a reader filters the record by."""

from collections.abc import Mapping
from typing import Any

from emr.entries.enumerations import Kind

KIND_OF_TYPE: Mapping[str, Kind] = {
    "Encounter": Kind.VISIT,
    "EpisodeOfCare": Kind.VISIT,
    "Appointment": Kind.VISIT,
    "Composition": Kind.NOTE,
    "ClinicalImpression": Kind.NOTE,
    "Condition": Kind.DIAGNOSIS,
    # Somebody else's illness, a risk, a warning or an event is no diagnosis and no allergy of this person.
    "AdverseEvent": Kind.DOCUMENT,
    "DetectedIssue": Kind.DOCUMENT,
    "FamilyMemberHistory": Kind.DOCUMENT,
    "Flag": Kind.DOCUMENT,
    "RiskAssessment": Kind.DOCUMENT,
    "Observation": Kind.RESULT,
    "DiagnosticReport": Kind.RESULT,
    "MolecularSequence": Kind.RESULT,
    "Specimen": Kind.RESULT,
    "Media": Kind.IMAGE,
    "ImagingStudy": Kind.IMAGE,
    "MedicationRequest": Kind.MEDICINE,
    "MedicationStatement": Kind.MEDICINE,
    "MedicationAdministration": Kind.MEDICINE,
    "MedicationDispense": Kind.MEDICINE,
    "AllergyIntolerance": Kind.ALLERGY,
    "Immunization": Kind.IMMUNISATION,
    "ImmunizationRecommendation": Kind.IMMUNISATION,
    "ImmunizationEvaluation": Kind.IMMUNISATION,
    "Procedure": Kind.PROCEDURE,
    "DeviceUseStatement": Kind.PROCEDURE,
    "DocumentReference": Kind.DOCUMENT,
    "DocumentManifest": Kind.DOCUMENT,
    "QuestionnaireResponse": Kind.DOCUMENT,
    "Communication": Kind.DOCUMENT,
    "List": Kind.DOCUMENT,
    "CarePlan": Kind.PLAN,
    "CareTeam": Kind.PLAN,
    "Goal": Kind.PLAN,
    "NutritionOrder": Kind.PLAN,
    "ServiceRequest": Kind.PLAN,
    "DeviceRequest": Kind.PLAN,
    "CommunicationRequest": Kind.PLAN,
    "Task": Kind.PLAN,
}
# Synthea writes the second one.
VITAL_SIGN_CATEGORIES = frozenset({"vital-signs", "vital-sign"})


def kind_of(resource: Mapping[str, Any]) -> Kind:
    """The kind of entry that a patient's FHIR resource is; what we do not know is administrative."""
    kind = KIND_OF_TYPE.get(resource.get("resourceType", ""), Kind.ADMINISTRATIVE)
    if kind is Kind.RESULT and resource["resourceType"] == "Observation" and _is_vital_sign(resource):
        return Kind.VITAL
    return kind


def _is_vital_sign(observation: Mapping[str, Any]) -> bool:
    return any(
        coding.get("code") in VITAL_SIGN_CATEGORIES
        for category in observation.get("category") or []
        for coding in category.get("coding") or []
    )
