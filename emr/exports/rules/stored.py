"""What is stored, as it leaves: its version and moment, words beside its codes, no reference that leads nowhere."""

import re
from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from emr.content.rules.attachments import is_attachment
from emr.content.rules.references import contained_in
from emr.terminology.rules.phrases import of_concept

# FHIR R4, the codes by which people call a resource; others are for machines.
NAMING_CONCEPTS = ("code", "type", "vaccineCode", "medicationCodeableConcept")
TYPE_IN = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/[A-Za-z0-9\-.]{1,64}$")
URI_SYSTEM = "urn:ietf:rfc:3986"
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:")
ABSENT = {
    "extension": [
        {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
    ]
}


def instant(moment: datetime) -> str:
    """A FHIR instant, with the microseconds by which one recording is told from the next."""
    return moment.astimezone(UTC).isoformat()


def exported(
    content: Mapping[str, Any], *, recorded_at: datetime, number: int | None = None
) -> dict[str, Any]:
    """A stored resource as it leaves: when this version was recorded here, and words beside its codes.

    Args:
        number: of the version; None where there are no versions.
    """
    made = {name: _with_text(value) if name in NAMING_CONCEPTS else value for name, value in content.items()}
    if isinstance(content.get("component"), list):
        made["component"] = [
            {**each, "code": _with_text(each.get("code"))} if "code" in each else each
            for each in content["component"]
        ]
    made["meta"] = {**content.get("meta", {}), "lastUpdated": instant(recorded_at)}
    if number is not None:
        made["meta"]["versionId"] = str(number)
    return made


def named_patients(content: Mapping[str, Any]) -> set[str]:
    """Every "Patient/…" that the resource itself is, or refers to at once, as to whose it is."""
    named = {str(each.get("reference", "")) for each in content.values() if isinstance(each, Mapping)}
    if content.get("resourceType") == "Patient":
        named.add(f"Patient/{content.get('id')}")
    return {each for each in named if each.startswith("Patient/")}


def of_patient(content: Any, patient_id: UUID, *, also_named: Collection[str]) -> Any:
    """The same, with every reference by another name of the patient led to `patient_id`, and the patient called so.

    Args:
        also_named: such as "Patient/…", of records that were joined into this one.
    """
    if isinstance(content, list):
        return [of_patient(each, patient_id, also_named=also_named) for each in content]
    if not isinstance(content, Mapping):
        return content
    made = {name: of_patient(each, patient_id, also_named=also_named) for name, each in content.items()}
    # Some resources have an element of that name which is no reference, such as Citation or SubstanceSpecification.
    if isinstance(named := content.get("reference"), str) and named in also_named:
        made["reference"] = f"Patient/{patient_id}"
    if f"{content.get('resourceType')}/{content.get('id')}" in also_named:
        made["id"] = str(patient_id)
    return made


def attested(composition: Mapping[str, Any], *, signer_id: UUID, signed_at: datetime) -> dict[str, Any]:
    """A Composition of ours with who signed it."""
    attester = {
        "mode": "professional",
        "time": instant(signed_at),
        "party": {"reference": f"Practitioner/{signer_id}"},
    }
    return {**composition, "attester": [*composition.get("attester", []), attester]}


def _with_text(value: Any) -> Any:
    if isinstance(value, list):
        return [_with_text(each) for each in value]
    if (
        isinstance(value, Mapping)
        and "coding" in value
        and "text" not in value
        and (words := of_concept(value)).ru
    ):
        return {**value, "text": words.ru}
    return value


def closed(content: Mapping[str, Any], *, held: Collection[str], source_system: str = "") -> dict[str, Any]:
    """The resource with every reference that leads to nothing held made a logical one, which claims no address.

    Args:
        held: "Type/id" of everything that a reference may lead to.
        source_system: where a "Type/id" that we do not hold means something; "" where nobody knows.
    """
    within = contained_in(content)
    closed_content: dict[str, Any] = _closed(
        content, lambda each: each in within or each in held, source_system, ""
    )
    return closed_content


def _closed(value: Any, leads: Any, system: str, name: str) -> Any:
    if isinstance(value, list):
        return [_closed(each, leads, system, name) for each in value]
    if not isinstance(value, Mapping):
        return value
    made = {each: _closed(part, leads, system, each) for each, part in value.items()}
    if isinstance(written := value.get("reference"), str) and not leads(written):
        return _logical(made, system)
    if is_attachment(name, value) and str(value.get("url")).startswith("urn:"):
        del made["url"]
        made["_url"] = ABSENT
    return made


def _logical(reference: dict[str, Any], system: str) -> dict[str, Any]:
    """FHIR R4, references, "Logical References"."""
    written = reference.pop("reference")
    kind, _, asked = written.partition("?identifier=")
    if asked:
        system, _, value = asked.partition("|")
    else:
        system, value = (URI_SYSTEM if SCHEME.match(written) else system), written
        found = TYPE_IN.search(written)
        kind = found[1] if found else ""
    identifier = {"system": system, "value": value} if system else {"value": value}
    typed = {"type": kind} if kind else {}
    return {**typed, "identifier": identifier, **reference}
