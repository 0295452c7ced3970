"""What the references of a resource lead to: within it (contained), in the directory, in the record. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import UUID

from emr.content.rules.context import directory_name

# Shared by many records, never a patient's own.
DIRECTORY_TYPES = frozenset({
    "Organization", "OrganizationAffiliation", "Practitioner", "PractitionerRole", "Location", "HealthcareService",
    "Endpoint", "InsurancePlan", "Medication", "MedicationKnowledge", "Substance", "Questionnaire", "PlanDefinition",
    "ActivityDefinition",
})  # fmt: skip
# Of the directory: whoever refers to one of these says by it what was given, and is told and labelled by its code.
CALLED_BY_CODE = frozenset({"Medication", "MedicationKnowledge", "Substance"})
# Of one's own record, but called like a person or a thing and not like what happened.
NAMED_TYPES = frozenset({"RelatedPerson", "Device"})
# What a role, which has no name, is called by.
HOLDERS = ("practitioner", "organization")

OURS = re.compile(r"([A-Z][A-Za-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")

FindTarget = Callable[[str], Mapping[str, Any] | None]


def contained_in(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The resources within a resource, by the references that lead to them: "#" for the resource itself."""
    listed = content.get("contained")
    within = {
        f"#{each['id']}": each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, Mapping) and isinstance(each.get("id"), str)
    }
    return {"#": content, **within}


def readable(content: Mapping[str, Any], find: FindTarget) -> dict[str, Any]:
    """The content as people are told of it: references say what we call their targets, orders which medicine.

    Args:
        find: what a reference leads to outside the resource, None where that is not known.
    """
    within = contained_in(content)

    def target(written: str) -> Mapping[str, Any] | None:
        return within.get(written) if written.startswith("#") else find(written)

    told = {name: each if name == "contained" else _told(each, target) for name, each in content.items()}
    medication = target(_written(content.get("medicationReference")))
    if "medicationCodeableConcept" not in content and isinstance((medication or {}).get("code"), Mapping):
        told["medicationCodeableConcept"] = (medication or {})["code"]
    return told


def _told(value: Any, target: FindTarget) -> Any:
    if isinstance(value, list):
        return [_told(each, target) for each in value]
    if not isinstance(value, Mapping):
        return value
    told = {name: _told(each, target) for name, each in value.items()}
    written = _written(value)
    # Who wrote the target into the resource also wrote what to call it: "J20.9" beside the name of a diagnosis.
    named_already = written.startswith("#") and bool(value.get("display"))
    if written and not named_already and (found := target(written)) and (name := _called(found, target)):
        told["display"] = name
    return told


def _called(found: Mapping[str, Any], target: FindTarget) -> str:
    holders = (holder for name in HOLDERS if isinstance(holder := found.get(name), Mapping))
    ways = (directory_name(target(_written(each)) or {}) or str(each.get("display", "")) for each in holders)
    return directory_name(found) or next(filter(None, ways), "")


def _written(reference: Any) -> str:
    written = reference.get("reference") if isinstance(reference, Mapping) else None
    return written if isinstance(written, str) else ""


def relative_references_in(value: object) -> Iterator[tuple[str, UUID]]:
    """Every reference of ours within a resource: the type and the id that it names."""
    if isinstance(value, Mapping):
        written = value.get("reference")
        if isinstance(written, str) and (found := OURS.fullmatch(written)):
            yield found[1], UUID(found[2])
        for each in value.values():
            yield from relative_references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from relative_references_in(each)
