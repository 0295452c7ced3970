"""Kinds of entries: what a reader filters the record by."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from foundation.language.bilingual import BilingualText, bilingual


class Kind(StrEnum):
    VISIT = "visit"
    NOTE = "note"
    DIAGNOSIS = "diagnosis"
    RESULT = "result"
    VITAL = "vital"
    MEDICINE = "medicine"
    ALLERGY = "allergy"
    IMMUNISATION = "immunisation"
    PROCEDURE = "procedure"
    IMAGE = "image"
    DOCUMENT = "document"
    PLAN = "plan"
    ADMINISTRATIVE = "administrative"


KIND_WORDS: Mapping[Kind, BilingualText] = {
    Kind.VISIT: bilingual("Visit"),
    Kind.NOTE: bilingual("Doctor's note"),
    Kind.DIAGNOSIS: bilingual("Diagnosis"),
    Kind.RESULT: bilingual("Test result"),
    Kind.VITAL: bilingual("Measurement"),
    Kind.MEDICINE: bilingual("Medicine"),
    Kind.ALLERGY: bilingual("Allergy"),
    Kind.IMMUNISATION: bilingual("Vaccination"),
    Kind.PROCEDURE: bilingual("Procedure"),
    Kind.IMAGE: bilingual("Images"),
    Kind.DOCUMENT: bilingual("Document"),
    Kind.PLAN: bilingual("Plan"),
    Kind.ADMINISTRATIVE: bilingual("Administrative"),
}
# Bills and registration are kept in full, but are not what a person looks for in their record.
SHOWN_KINDS = tuple(kind for kind in Kind if kind is not Kind.ADMINISTRATIVE)

KIND_OF_TYPE: Mapping[str, Kind] = {
    "Encounter": Kind.VISIT,
    "EpisodeOfCare": Kind.VISIT,
    "Appointment": Kind.VISIT,
    "Composition": Kind.NOTE,
    "ClinicalImpression": Kind.NOTE,
    "Condition": Kind.DIAGNOSIS,
    "DetectedIssue": Kind.DIAGNOSIS,
    "FamilyMemberHistory": Kind.DIAGNOSIS,
    "Flag": Kind.DIAGNOSIS,
    "RiskAssessment": Kind.DIAGNOSIS,
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
    "AdverseEvent": Kind.ALLERGY,
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
