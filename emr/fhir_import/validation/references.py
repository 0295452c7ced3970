"""References between the resources of a bundle: turned into references to what we store, or refused."""

from collections.abc import Callable, Mapping
from typing import Any

from emr.fhir_import.validation.bundles import LITERAL, Incoming
from emr.fhir_import.validation.refusals import BundleRefused

# Where the types of R4 say whose record they belong to.
SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
# Describes other entries of the record rather than the patient.
ABOUT_TARGETS = frozenset({"Provenance"})
Resolve = Callable[[str, str], str | None]


def resolved(incoming: Incoming, *, own_id: str, resolve: Resolve) -> dict[str, Any]:
    """The content as we store it: our id, our references, without the sending server's own version marks.

    Args:
        resolve: from a written reference and the resource's source system to ours, or None where we know none.

    Raises:
        BundleRefused: a urn: reference leads to nothing in this bundle.
    """
    content = _walked(incoming.resource, incoming.where, incoming.source_system, resolve)
    meta = {
        name: value
        for name, value in content.pop("meta", {}).items()
        if name not in ("versionId", "lastUpdated")
    }
    if meta:
        content["meta"] = meta
    content["id"] = own_id
    return content


def _walked(value: Any, where: str, system: str, resolve: Resolve) -> Any:
    if isinstance(value, Mapping):
        made = {name: _walked(each, f"{where}.{name}", system, resolve) for name, each in value.items()}
        if isinstance(value.get("reference"), str):
            made["reference"] = _ours(value["reference"], f"{where}.reference", system, resolve)
        return made
    if isinstance(value, list):
        return [_walked(each, f"{where}[{number}]", system, resolve) for number, each in enumerate(value)]
    return value


def _ours(written: str, where: str, system: str, resolve: Resolve) -> str:
    if written.startswith("#"):
        return written
    found = resolve(written, system)
    if found is None and written.startswith("urn:"):
        raise BundleRefused(where, "refers to something that is not in this bundle")
    return found or written


def subject_of(content: Mapping[str, Any], where: str) -> tuple[str, str]:
    """The place and text of the reference that says whose record a stored content belongs to.

    Raises:
        BundleRefused: it says of nobody.
    """
    if content["resourceType"] in ABOUT_TARGETS:
        targets = content.get("target") or []
        for number, target in enumerate(targets):
            if isinstance(target, Mapping) and isinstance(target.get("reference"), str):
                return f"{where}.target[{number}].reference", target["reference"]
    for name in SUBJECTS:
        subject = content.get(name)
        if isinstance(subject, Mapping) and isinstance(subject.get("reference"), str):
            return f"{where}.{name}.reference", subject["reference"]
    raise BundleRefused(where, "does not say to whose record it belongs")


def without_history(written: str) -> str:
    """A reference to one version of something, as a reference to the thing."""
    return written.partition("/_history/")[0]


def literal(written: str) -> tuple[str | None, str] | None:
    """The server (None: the same one) and "Type/id" of a literal reference."""
    found = LITERAL.fullmatch(without_history(written))
    if found is None:
        return None
    return (found["base"].rstrip("/") if found["base"] else None), f"{found['type']}/{found['id']}"
