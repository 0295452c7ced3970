"""Whether one resource is FHIR R4: the models of fhir.resources (R4B), and our own checks where those are too lax."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.resource import Resource
from pydantic import ValidationError

from emr.content.rules.fhir_dates import MOMENT
from emr.fhir_import.validation.narratives import require_narratives
from emr.fhir_import.validation.refusals import BundleRefused
from emr.fhir_import.validation.shapes import require_shapes
from emr.fhir_import.validation.versions import versions_that_accept, versions_with_type

# FHIR R4, datatypes, id.
IDENTIFIER = re.compile(r"[A-Za-z0-9\-.]{1,64}")
MISSING = re.compile(r"Value for the field '\w+' is required\.")
WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
# New or rewritten in R4B: R4 does not have them, or has them otherwise.
NOT_IN_R4 = frozenset({
    "AdministrableProductDefinition", "Citation", "ClinicalUseDefinition", "EvidenceReport", "Ingredient",
    "ManufacturedItemDefinition", "MedicinalProductDefinition", "NutritionProduct", "PackagedProductDefinition",
    "RegulatedAuthorization", "SubscriptionStatus", "SubscriptionTopic", "SubstanceDefinition",
})  # fmt: skip
FINE_STATES = (
    "preparation",
    "in-progress",
    "not-done",
    "on-hold",
    "stopped",
    "completed",
    "entered-in-error",
    "unknown",
)
REQUEST_STATES = ("draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown")
BILL_STATES = ("active", "cancelled", "draft", "entered-in-error")
# The required bindings of R4 for elements whose wrong value would be read as a medical fact.
ALLOWED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "AllergyIntolerance": {
        "type": ("allergy", "intolerance"),
        "criticality": ("low", "high", "unable-to-assess"),
    },
    "CarePlan": {
        "status": REQUEST_STATES,
        "intent": ("proposal", "plan", "order", "option"),
    },
    "CareTeam": {"status": ("proposed", "active", "suspended", "inactive", "entered-in-error")},
    "Claim": {"status": BILL_STATES, "use": ("claim", "preauthorization", "predetermination")},
    "Composition": {"status": ("preliminary", "final", "amended", "entered-in-error")},
    "Consent": {"status": ("draft", "proposed", "active", "rejected", "inactive", "entered-in-error")},
    "Coverage": {"status": BILL_STATES},
    "DiagnosticReport": {
        "status": (
            "registered", "partial", "preliminary", "final", "amended", "corrected", "appended", "cancelled",
            "entered-in-error", "unknown",
        ),
    },
    "DocumentReference": {"status": ("current", "superseded", "entered-in-error")},
    "Encounter": {
        "status": (
            "planned", "arrived", "triaged", "in-progress", "onleave", "finished", "cancelled", "entered-in-error",
            "unknown",
        ),
    },
    "ExplanationOfBenefit": {
        "status": BILL_STATES,
        "use": ("claim", "preauthorization", "predetermination"),
        "outcome": ("queued", "complete", "error", "partial"),
    },
    "Goal": {
        "lifecycleStatus": (
            "proposed", "planned", "accepted", "active", "on-hold", "completed", "cancelled", "entered-in-error",
            "rejected",
        ),
    },
    "ImagingStudy": {"status": ("registered", "available", "cancelled", "entered-in-error", "unknown")},
    "Immunization": {"status": ("completed", "entered-in-error", "not-done")},
    "MedicationRequest": {
        "status": (
            "active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown",
        ),
        "intent": (
            "proposal", "plan", "order", "original-order", "reflex-order", "filler-order", "instance-order", "option",
        ),
    },
    "MedicationStatement": {
        "status": (
            "active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken",
        ),
    },
    "MedicationAdministration": {"status": FINE_STATES},
    "Observation": {
        "status": (
            "registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown",
        ),
    },
    "Patient": {"gender": ("male", "female", "other", "unknown")},
    "Practitioner": {"gender": ("male", "female", "other", "unknown")},
    "Procedure": {"status": FINE_STATES},
    "ServiceRequest": {"status": REQUEST_STATES},
}  # fmt: skip
CLINICAL_STATES = frozenset({"active", "recurrence", "relapse", "inactive", "remission", "resolved"})
VERIFICATION_STATES = frozenset({
    "unconfirmed", "provisional", "differential", "confirmed", "refuted", "entered-in-error",
})  # fmt: skip
LONGEST_WHY = 200


def require_r4(resource: Any, where: str) -> None:
    """Refuse a resource that is not FHIR R4.

    Args:
        where: its place in the file, such as "Bundle.entry[3].resource".

    Raises:
        BundleRefused: with the place of the first fault.
    """
    if not isinstance(resource, dict):
        raise BundleRefused(where, "is not an object")
    model = _model_of(resource.get("resourceType"), where)
    try:
        made = model.model_validate(resource)
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_context=False)[0]
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in _path(first["loc"]))
        why = _validation_message(first, str(resource["resourceType"]), resource)
        raise BundleRefused(where + place, why) from None
    except (ValueError, TypeError, AttributeError, LookupError, RecursionError) as fault:
        # The models' own checks now and then trip over shapes that they do not expect.
        raise BundleRefused(where, f"is not FHIR R4: {_truncated(str(fault))}") from None
    require_shapes(made, resource, where)
    _require_ours(resource, where)
    require_narratives(resource, where)


def _path(location: Sequence[int | str]) -> Sequence[int | str]:
    """Where the fault is; of an element of another type the models name a root, which no element of R4 is called."""
    return location[:-1] if location and location[-1] == "root" else location


def _model_of(resource_type: Any, where: str) -> type[Resource]:
    if not isinstance(resource_type, str) or not resource_type:
        raise BundleRefused(where, "has no resourceType")
    try:
        model = get_fhir_model_class(resource_type)
    except (ValueError, KeyError):
        model = None
    if model is None or not issubclass(model, Resource) or resource_type in NOT_IN_R4:
        versions = versions_with_type(resource_type)
        raise BundleRefused(
            f"{where}.resourceType",
            f"{resource_type[:60]!r} is not a resource type of FHIR R4"
            + (f" but of {versions}" if versions else ""),
        )
    return model


def _validation_message(fault: Any, resource_type: str, resource: Mapping[str, Any]) -> str:
    match fault["type"]:
        case "missing":
            said = "is required"
        case "extra_forbidden":
            said = f"is not an element of {resource_type} in FHIR R4"
        case _:
            said = _said_plainly(str(fault["msg"]).removeprefix("Value error, "), fault.get("input"))
    versions = versions_that_accept(resource)
    return f"{said}; the resource is right in FHIR {versions}, and R4 is read here" if versions else said


def _said_plainly(message: str, written: object) -> str:
    """What the models say, in the words of somebody who has to mend it."""
    if MISSING.fullmatch(message):
        return "is required"
    if "got type <class" in message:
        return "is of another type than the element has in FHIR R4"
    if not message.startswith(("DateTime value", "Instant value", "Date value")):
        return _truncated(message)
    if isinstance(written, str) and WITHOUT_OFFSET.fullmatch(written):
        return "has a time but no offset: FHIR R4 asks for one, such as +05:00 or Z, or for the date alone"
    return "is not a date or time of FHIR R4, such as 2026, 2026-05-03 or 2026-05-03T09:00:00+05:00"


def _truncated(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_WHY else line[: LONGEST_WHY - 1] + "…"


def _require_ours(resource: Mapping[str, Any], where: str) -> None:
    for place, each in _resources_in(resource, where):
        _require_identifier(each, place)
        for name, values in ALLOWED.get(each["resourceType"], {}).items():
            if name in each and each[name] not in values:
                raise BundleRefused(f"{place}.{name}", f"must be one of: {', '.join(values)}")
        _require_state_code(each, "clinicalStatus", CLINICAL_STATES, place)
        _require_state_code(each, "verificationStatus", VERIFICATION_STATES, place)
        _require_real_dates(each, place)


def _resources_in(resource: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield where, resource
    for number, each in enumerate(resource.get("contained") or []):
        yield f"{where}.contained[{number}]", each


def _require_identifier(resource: Mapping[str, Any], where: str) -> None:
    identifier = resource.get("id")
    if identifier is not None and not (isinstance(identifier, str) and IDENTIFIER.fullmatch(identifier)):
        raise BundleRefused(f"{where}.id", "must be 1 to 64 letters, digits, hyphens or dots")


def _require_state_code(resource: Mapping[str, Any], name: str, allowed: frozenset[str], where: str) -> None:
    if resource["resourceType"] not in ("Condition", "AllergyIntolerance"):
        return
    for number, coding in enumerate((resource.get(name) or {}).get("coding") or []):
        ours = str(coding.get("system", "")).startswith("http://terminology.hl7.org/CodeSystem/")
        if ours and coding.get("code") not in allowed:
            raise BundleRefused(
                f"{where}.{name}.coding[{number}].code", f"must be one of: {', '.join(sorted(allowed))}"
            )


def _require_real_dates(resource: Mapping[str, Any], where: str) -> None:
    """Dates of the elements that place a resource in time; the models let 2011-02-31 pass as text."""
    for name, value in resource.items():
        if name.endswith(("DateTime", "Date")) and isinstance(value, str) and not MOMENT.fullmatch(value):
            raise BundleRefused(f"{where}.{name}", "is not a date or time of FHIR R4")
