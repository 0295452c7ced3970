"""References between the resources of a bundle: turned into references to what we store, or refused."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from emr.content.rules.attachments import is_attachment
from emr.content.rules.references import contained_in
from emr.fhir_import.validation.bundles import LITERAL, Incoming
from emr.fhir_import.validation.conditions import conditional_reference, identifiers_in
from emr.fhir_import.validation.refusals import BundleRefused

# Where the types of R4 say whose record they belong to.
SUBJECTS = ("subject", "patient", "beneficiary", "individual", "for")
# Describes other entries of the record rather than the patient.
ABOUT_TARGETS = frozenset({"Provenance"})
# Identifiers are uris too, but their system is no resource.
ADDRESSES = frozenset({"url", "uri", "questionnaire", "instantiates"})

Resolve = Callable[[str, str], str | None]


@dataclass
class Resolution:
    """How the references of one resource are turned into ours, and those that lead nowhere, with their places.

    Attributes:
        resolve: from a written reference and the resource's source system to ours, or None where we know none.
        within: the references that lead to something contained in the resource.
    """

    incoming: Incoming
    resolve: Resolve
    within: Collection[str] = ()
    unresolved: list[tuple[str, str]] = field(default_factory=list)

    def content(self, *, own_id: str) -> dict[str, Any]:
        """The content as we store it: our id, our references, without the sending server's own version marks.

        Raises:
            BundleRefused: a urn: reference leads to nothing in this bundle.
        """
        self.within = contained_in(self.incoming.resource).keys()
        content: dict[str, Any] = self._walked(self.incoming.resource, self.incoming.where)
        meta = {
            name: value
            for name, value in content.pop("meta", {}).items()
            if name not in ("versionId", "lastUpdated")
        }
        if meta:
            content["meta"] = meta
        content["id"] = own_id
        return content

    def _walked(self, value: Any, where: str, name: str = "") -> Any:
        if isinstance(value, list):
            return [self._walked(each, f"{where}[{number}]", name) for number, each in enumerate(value)]
        if isinstance(value, str):
            return self._address(value) if _is_address(name) else value
        if not isinstance(value, Mapping):
            return value
        made = {each: self._walked(value[each], f"{where}.{each}", each) for each in value}
        if isinstance(value.get("reference"), str):
            made["reference"] = self._reference(value["reference"], f"{where}.reference")
        elif name in SUBJECTS and (meant := identified(value)):
            if found := self.resolve(meant, self.incoming.source_system):
                made["reference"] = found
        elif is_attachment(name, value) and isinstance(value.get("url"), str):
            made["url"] = self._resolved(value["url"], f"{where}.url")
        return made

    def _reference(self, written: str, where: str) -> str:
        found = self._resolved(written, where)
        if found == written and written.startswith("urn:"):
            raise BundleRefused(where, "refers to something that is not in this bundle")
        return found

    def _resolved(self, written: str, where: str) -> str:
        if written in self.within:
            return written
        found = None if written.startswith("#") else self.resolve(written, self.incoming.source_system)
        if found is None:
            self.unresolved.append((where, written))
        return found or written

    def _address(self, written: str) -> str:
        """A uri, url or canonical: ours where it names a resource of the bundle, else as it was written."""
        plain, mark, version = written.partition("|")
        found = self.resolve(plain, self.incoming.source_system) if written.startswith("urn:") else None
        return f"{found}{mark}{version}" if found else written


def _is_address(name: str) -> bool:
    """Whether an element of that name is of the type uri, url or canonical and may name a resource (FHIR R4, transaction)."""
    return name in ADDRESSES or name.endswith(("Uri", "Url", "Canonical"))


def subject_of(content: Mapping[str, Any], where: str) -> tuple[str, str]:
    """The place and text of the reference that says whose record a stored content belongs to.

    Raises:
        BundleRefused: it says of nobody.
    """
    for place, subject in _subjects(content, where):
        if written := subject.get("reference"):
            return f"{place}.reference", written
        if identified(subject):
            why = "names nobody whom we know by this identifier"
            raise BundleRefused(f"{place}.identifier", why, unknown_subject=True)
    raise BundleRefused(where, "does not say to whose record it belongs, by a reference or an identifier")


def subject_reference(resource: Mapping[str, Any]) -> str:
    """The same of a resource as it was sent, "" where it says of nobody."""
    for _, subject in _subjects(resource, ""):
        return str(subject.get("reference") or identified(subject))
    return ""


def identified(reference: Mapping[str, Any]) -> str:
    """A patient named by an identifier instead of an address, as a conditional reference; "" where it names none so."""
    identifier = reference.get("identifier")
    if reference.get("type", "Patient") != "Patient" or not isinstance(identifier, Mapping):
        return ""
    found = next(identifiers_in({"identifier": identifier}), None)
    return conditional_reference("Patient", *found) if found else ""


def _subjects(content: Mapping[str, Any], where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What may say whose record it is, with its place, best first."""
    named = [(name, content.get(name)) for name in SUBJECTS]
    if content["resourceType"] in ABOUT_TARGETS:
        named = [*_parts(content, "target"), *named]
    if content["resourceType"] == "AppointmentResponse" and _is_patient(content.get("actor")):
        named.append(("actor", content["actor"]))
    if content["resourceType"] == "Appointment":
        # Of those who come to it only the patient may be meant.
        named += [
            (f"{name}.actor", actor)
            for name, each in _parts(content, "participant")
            if _is_patient(actor := each.get("actor"))
        ]
    for name, subject in named:
        if isinstance(subject, Mapping) and (
            isinstance(subject.get("reference"), str) or identified(subject)
        ):
            yield f"{where}.{name}", subject


def _parts(content: Mapping[str, Any], name: str) -> list[tuple[str, Any]]:
    parts = content.get(name)
    return [
        (f"{name}[{number}]", each) for number, each in enumerate(parts if isinstance(parts, list) else [])
    ]


def _is_patient(reference: Any) -> bool:
    if not isinstance(reference, Mapping):
        return False
    kind = re.search(r"(\w+)(?:/[^/]+|\?.*)$", str(reference.get("reference", "")))
    return reference.get("type") == "Patient" or bool(kind and kind[1] == "Patient")


def without_history(written: str) -> str:
    """A reference to one version of something, as a reference to the thing."""
    return written.partition("/_history/")[0]


def literal(written: str) -> tuple[str | None, str] | None:
    """The server (None: the same one) and "Type/id" of a literal reference."""
    found = LITERAL.fullmatch(without_history(written))
    if found is None:
        return None
    return (found["base"].rstrip("/") if found["base"] else None), f"{found['type']}/{found['id']}"
