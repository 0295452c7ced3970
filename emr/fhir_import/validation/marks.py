"""What a bundle says of the confidentiality of all that it brings, handed down to its resources."""

from collections.abc import Mapping, Sequence
from typing import Any

from emr.content.rules.references import DIRECTORY_TYPES
from emr.fhir_import.validation.refusals import BundleRefused

Coding = Mapping[str, Any]

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRICTED = ("R", "V")
PARTS_OF_CODING = ("system", "version", "code", "display")


def marks_of(bundle: Mapping[str, Any], where: str) -> list[Coding]:
    """The labels of a bundle (FHIR R4, Bundle.meta.security); of a document also what its Composition says of it.

    Raises:
        BundleRefused: they are no list of Codings.
    """
    meta = bundle.get("meta", {})
    if not isinstance(meta, Mapping):
        raise BundleRefused(f"{where}.meta", "is not an object")
    said = meta.get("security", [])
    if not isinstance(said, list):
        raise BundleRefused(f"{where}.meta.security", "is not a list")
    marks = [_coding(each, f"{where}.meta.security[{number}]") for number, each in enumerate(said)]
    return [*marks, *_of_document(bundle)]


def marked(resource: Mapping[str, Any], marks: Sequence[Coding]) -> Mapping[str, Any]:
    """The resource with the marks of its bundle beside its own.

    What many records share is marked by its own sender alone: else one document would close everybody's medicine.
    """
    if not marks or resource["resourceType"] in DIRECTORY_TYPES:
        return resource
    meta = resource.get("meta") or {}
    own = meta.get("security") or []
    known = {(each.get("system"), each.get("code")) for each in own}
    further = [each for each in marks if (each.get("system"), each.get("code")) not in known]
    return {**resource, "meta": {**meta, "security": [*own, *further]}}


def _coding(value: Any, where: str) -> Coding:
    if not isinstance(value, Mapping) or not value:
        raise BundleRefused(where, "is not a Coding")
    for name in PARTS_OF_CODING:
        part = value.get(name, "-")
        if not isinstance(part, str) or not part or part != part.strip():
            raise BundleRefused(f"{where}.{name}", "must be text without spaces around it")
    return {name: value[name] for name in PARTS_OF_CODING if name in value}


def _of_document(bundle: Mapping[str, Any]) -> list[Coding]:
    """FHIR R4, documents: the Composition stands first, and speaks of the document as a whole."""
    entries = bundle.get("entry")
    first = entries[0] if bundle.get("type") == "document" and isinstance(entries, list) and entries else {}
    composition = first.get("resource") if isinstance(first, Mapping) else None
    code = composition.get("confidentiality") if isinstance(composition, Mapping) else None
    return [{"system": CONFIDENTIALITY, "code": code}] if code in RESTRICTED else []
