"""A file as a bundle: what it brings, each resource with its place in the file and its identity at the source."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from typing import Any
from urllib.parse import urlsplit

from emr.content.rules.fhir_dates import moment_of
from emr.fhir_import.validation.checks import require_r4
from emr.fhir_import.validation.conditions import Condition, condition_of
from emr.fhir_import.validation.marks import marked, marks_of
from emr.fhir_import.validation.refusals import BundleRefused, Told
from emr.fhir_import.validation.shapes import require_no_modifiers
from emr.fhir_import.validation.texts import read_text
from foundation.canonical_json import digest_of

# FHIR R4, bundle-type.
KINDS = frozenset({
    "batch", "batch-response", "collection", "document", "history", "message", "searchset", "transaction",
    "transaction-response",
})  # fmt: skip
# The others belong together: one fault, and nothing of it is stored.
INDEPENDENT = frozenset({"batch", "batch-response", "history", "searchset", "transaction-response"})
ANSWERS = frozenset({"batch-response", "transaction-response"})
# How records are written and exchanged, and what is published for everybody (FHIR R4, foundation and definitional modules).
DEFINITIONS = frozenset({
    "CapabilityStatement", "ChargeItemDefinition", "CodeSystem", "CompartmentDefinition", "ConceptMap",
    "EventDefinition", "Evidence", "EvidenceVariable", "ExampleScenario", "GraphDefinition", "ImplementationGuide",
    "Library", "Measure", "MessageDefinition", "NamingSystem", "ObservationDefinition", "OperationDefinition",
    "ResearchDefinition", "ResearchElementDefinition", "SearchParameter", "SpecimenDefinition", "StructureDefinition",
    "StructureMap", "TerminologyCapabilities", "TestReport", "TestScript", "ValueSet",
})  # fmt: skip
# Right, and of no record.
SKIPPED_TYPES = {
    **dict.fromkeys(DEFINITIONS, "is a definition, and belongs to no record"),
    "AuditEvent": "tells what happened in another system, and belongs to no record",
    "Person": "ties together what another system knows of somebody, and belongs to no record",
    "Schedule": "is the calendar of another system, and belongs to no record",
    "Slot": "is a time in the calendar of another system, and belongs to no record",
    "Subscription": "asks another system for news, and belongs to no record",
    "MessageHeader": "is the envelope of a message, and belongs to no record",
    "OperationOutcome": "tells how a request went, and belongs to no record",
    "Parameters": "are the parameters of an operation, and belong to no record",
}
STORING_METHODS = ("POST", "PUT")
URN_SYSTEM = "urn:ietf:rfc:3986"
LITERAL = re.compile(r"(?P<base>.+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
LONGEST_ADDRESS = 500
# Each version of a resource is a round of its own.
MOST_VERSIONS = 1000
# Of files whose sender nobody named.
UNNAMED_SOURCE = "urn:dispatching-center:import"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource: its place in the file, its content, and who it is at its source."""

    where: str
    resource: Mapping[str, Any]
    full_url: str
    source_system: str
    source_identifier: str
    condition: Condition | None = None

    @property
    def resource_type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def identity(self) -> tuple[str, str]:
        return self.source_system, self.source_identifier


@dataclass(frozen=True, slots=True)
class IncomingBundle:
    """Checked, but nothing of it looked up yet.

    Attributes:
        independent: each resource is taken or refused for itself; else all of them or none.
        beside: resources that came with them and are stored already: references may lead to them.
        refused: resources that are not FHIR R4, or ask for what is not done here; the others are taken.
        skipped: what is right but belongs into no record, such as how a search went.
    """

    resources: tuple[Incoming, ...]
    independent: bool = False
    beside: tuple[Incoming, ...] = ()
    refused: tuple[Told, ...] = ()
    skipped: tuple[Told, ...] = ()

    @property
    def history(self) -> bool:
        """Whether a resource comes several times: the older version first."""
        return len({each.identity for each in self.resources}) < len(self.resources)

    def rounds(self) -> list["IncomingBundle"]:
        """Parts in which each resource comes once, to be taken in one after the other, the older version first."""
        versions: dict[tuple[str, str], list[Incoming]] = {}
        for each in self.resources:
            versions.setdefault(each.identity, []).append(each)
        longest = max(map(len, versions.values()), default=1)
        ordered = [_oldest_first(each) for each in versions.values()]
        parts = [tuple(each[number] for each in ordered if number < len(each)) for number in range(longest)]
        # What stands beside them is looked up once, and known in the later rounds like what came in the earlier.
        return [
            replace(self, resources=part, beside=() if number else self.beside)
            for number, part in enumerate(parts)
        ]


def _oldest_first(versions: list[Incoming]) -> list[Incoming]:
    """By when their server last touched them, where it says so of all; else as they came."""
    if len(versions) == 1:
        return versions
    touched = [moment_of((each.resource.get("meta") or {}).get("lastUpdated"), zone=UTC) for each in versions]
    known = [each for each in touched if each]
    if len(known) < len(versions):
        return versions
    return [each for _, each in sorted(zip(known, versions, strict=True), key=lambda pair: pair[0])]


def read_bundle(raw: bytes, *, source: str) -> IncomingBundle:
    """Read and check a file: a bundle, or a resource that comes alone.

    Args:
        source: names the sending system where the file itself does not.

    Raises:
        BundleRefused: with the place of the first fault; its `resources` tells how many were in the file.
    """
    values = read_text(raw)
    if not isinstance(values, dict):
        raise BundleRefused("file", "is not a JSON object, so no resource of FHIR")
    return read_values(values, source=source)


def read_values(values: dict[str, Any], *, source: str) -> IncomingBundle:
    """The same of what was read already."""
    if values.get("resourceType") != "Bundle":
        return read_resource(values, str(values.get("resourceType") or "file")[:60], source=source)
    try:
        return _checked(values, source)
    except BundleRefused as refusal:
        entries = values.get("entry")
        refusal.resources = (
            sum(isinstance(each, dict) and "resource" in each for each in entries)
            if isinstance(entries, list)
            else 0
        )
        raise


def read_resource(resource: Mapping[str, Any], where: str, *, source: str) -> IncomingBundle:
    """A resource that comes without a bundle around it, as a bundle of one.

    Raises:
        BundleRefused: it is not FHIR R4.
    """
    try:
        require_r4(resource, where)
    except BundleRefused as refusal:
        refusal.resources = 1
        raise
    if why := SKIPPED_TYPES.get(str(resource["resourceType"])):
        return IncomingBundle((), skipped=(Told(where, why),))
    system, identifier = _identity("", resource, where, source)
    return IncomingBundle((Incoming(where, resource, "", system, identifier),))


def _checked(bundle: Mapping[str, Any], source: str, where: str = "Bundle") -> IncomingBundle:
    kind = _kind_of(bundle, where)
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BundleRefused(f"{where}.entry", "is not a list")
    marks = marks_of(bundle, where)
    answers = [
        replace(answer, resource=marked(answer.resource, marks)) if isinstance(answer, Incoming) else answer
        for number, entry in enumerate(entries)
        for answer in _answers(entry, f"{where}.entry[{number}]", kind, source)
    ]
    incoming = [each for each in answers if isinstance(each, Incoming)]
    refused = [each.told for each in answers if isinstance(each, BundleRefused)]
    if kind == "history":
        # FHIR R4, http, history: the newest version stands first.
        incoming.reverse()
    else:
        incoming, again = _each_once(incoming)
        if again and kind not in INDEPENDENT:
            raise BundleRefused(again[0].where, again[0].why)
        refused += again
    _require_few_versions(incoming)
    skipped = tuple(each for each in answers if isinstance(each, Told))
    return IncomingBundle(
        tuple(incoming), independent=kind in INDEPENDENT, refused=tuple(refused), skipped=skipped
    )


def _require_few_versions(incoming: list[Incoming]) -> None:
    counted: Counter[tuple[str, str]] = Counter()
    for each in incoming:
        counted[each.identity] += 1
        if counted[each.identity] > MOST_VERSIONS:
            why = (
                f"has more than {MOST_VERSIONS} versions in one bundle; send it in several, the oldest first"
            )
            raise BundleRefused(each.where, why)


def _answers(entry: Any, where: str, kind: str, source: str) -> Sequence[Incoming | Told | BundleRefused]:
    """What an entry brings; what is refused alone is an answer too. Several where a server answered with a bundle."""
    try:
        return _entry(entry, where, kind, source)
    except BundleRefused as refusal:
        if kind not in INDEPENDENT:
            raise
        return [refusal]


def _kind_of(bundle: Mapping[str, Any], where: str) -> str:
    kind = bundle.get("type")
    if not isinstance(kind, str) or kind not in KINDS:
        raise BundleRefused(f"{where}.type", "is missing or is not a bundle type of FHIR R4")
    require_no_modifiers(bundle, where)
    return kind


def _entry(entry: Any, where: str, kind: str, source: str) -> Sequence[Incoming | Told | BundleRefused]:
    """What an entry brings, or why it is nothing to be stored."""
    if not isinstance(entry, dict):
        raise BundleRefused(where, "is not an object")
    require_no_modifiers(entry, where)
    if kind in ("transaction", "batch"):
        if told := _reading(entry.get("request"), f"{where}.request"):
            return [told]
        _require_storing(entry.get("request"), f"{where}.request")
    elif kind == "history":
        _require_kept(entry.get("request"), f"{where}.request")
    if "resource" not in entry:
        if kind in ANSWERS:
            return [Told(where, "tells how a request went, and brings nothing to store")]
        raise BundleRefused(f"{where}.resource", "is required")
    resource = entry["resource"]
    if kind in ANSWERS and isinstance(resource, dict) and resource.get("resourceType") == "Bundle":
        found = _checked(resource, source, f"{where}.resource")
        return [
            *found.resources,
            *found.skipped,
            *(BundleRefused(each.where, each.why) for each in found.refused),
        ]
    return [_incoming(entry, where, source)]


def _incoming(entry: Mapping[str, Any], where: str, source: str) -> Incoming | Told:
    resource = entry["resource"]
    require_r4(resource, f"{where}.resource")
    if why := SKIPPED_TYPES.get(resource["resourceType"]):
        return Told(f"{where}.resource", why)
    if resource["resourceType"] == "Bundle":
        raise BundleRefused(f"{where}.resource", "is a Bundle, which belongs to no record; send it by itself")
    full_url = entry.get("fullUrl", "")
    if not isinstance(full_url, str) or len(full_url) > LONGEST_ADDRESS:
        raise BundleRefused(f"{where}.fullUrl", "is not an address")
    system, identifier = _identity(full_url, resource, f"{where}.fullUrl", source)
    condition = condition_of(entry.get("request"), resource["resourceType"], f"{where}.request")
    if condition:
        system, identifier = condition.system, condition.source_identifier
    return Incoming(f"{where}.resource", resource, full_url, system, identifier, condition)


def _reading(request: Any, where: str) -> Told | None:
    """A request that only asks: nothing is answered here, and nothing would have been stored there."""
    method = request.get("method") if isinstance(request, dict) else None
    if method in ("GET", "HEAD"):
        return Told(f"{where}.method", f"is {method}: it asks, and brings nothing to store")
    return None


def _require_storing(request: Any, where: str) -> None:
    if not isinstance(request, dict):
        raise BundleRefused(where, "is required in a transaction or batch")
    if request.get("method") not in STORING_METHODS:
        raise BundleRefused(f"{where}.method", "must be POST or PUT: this command only adds to records")
    if not isinstance(request.get("url"), str) or not request["url"]:
        raise BundleRefused(f"{where}.url", "is required")


def _require_kept(request: Any, where: str) -> None:
    if isinstance(request, dict) and request.get("method") == "DELETE":
        raise BundleRefused(
            f"{where}.method", "is DELETE: a record keeps what it was told; send it as entered in error"
        )


def _identity(full_url: str, resource: Mapping[str, Any], where: str, source: str) -> tuple[str, str]:
    """Who a resource is at its source, the same at every import: its address, its id, else its very content."""
    if full_url.startswith("urn:"):
        return URN_SYSTEM, full_url
    if found := LITERAL.fullmatch(full_url):
        if found["type"] != resource["resourceType"]:
            raise BundleRefused(where, f"names a {found['type'][:60]}, but the resource is of another type")
        return _server(found["base"], source), f"{found['type']}/{found['id']}"
    if full_url:
        return URN_SYSTEM, full_url
    if identifier := resource.get("id"):
        return source, f"{resource['resourceType']}/{identifier}"
    return source, f"{resource['resourceType']}/sha256:{digest_of(resource)}"


def _server(base: str | None, source: str) -> str:
    """The sending server's address without its last stroke; a relative address is the named source's."""
    return base.rstrip("/") if base and urlsplit(base).scheme else source


def _each_once(incoming: list[Incoming]) -> tuple[list[Incoming], list[Told]]:
    """What comes for the first time in a bundle, and what came before in it.

    Of one address there may be several, each another version (FHIR R4, Bundle, bdl-7).
    """
    seen: dict[tuple[str, str], set[object]] = {}
    kept: list[Incoming] = []
    again: list[Told] = []
    for each in incoming:
        version = (each.resource.get("meta") or {}).get("versionId")
        versions = seen.setdefault(each.identity, set())
        further = version and each.full_url and None not in versions and version not in versions
        if not versions or (further and not each.condition):
            kept.append(each)
        else:
            again.append(_told_again(each))
        versions.add(version)
    return kept, again


def _told_again(incoming: Incoming) -> Told:
    where = incoming.where.removesuffix(".resource")
    if incoming.condition:
        return Told(f"{where}.request", "means the same resource as another entry of this bundle")
    if incoming.full_url:
        return Told(f"{where}.fullUrl", "was used before in this bundle")
    return Told(incoming.where, "comes twice in this bundle")
