"""A file as a bundle: what it brings, each resource with its place in the file and its identity at the source."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from emr.fhir_import.validation.checks import require_r4
from emr.fhir_import.validation.refusals import BundleRefused
from emr.fhir_import.validation.texts import read_text
from foundation.canonical_json import digest_of

LOADED_TYPES = ("transaction", "batch", "collection")
# FHIR R4, bundle-type: known, but not something to load from.
OTHER_TYPES = frozenset(
    {"document", "message", "transaction-response", "batch-response", "history", "searchset"}
)
STORING_METHODS = ("POST", "PUT")
URN_SYSTEM = "urn:ietf:rfc:3986"
LITERAL = re.compile(r"(?P<base>.+/)?(?P<type>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
LONGEST_ADDRESS = 500
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

    @property
    def resource_type(self) -> str:
        return str(self.resource["resourceType"])

    @property
    def identity(self) -> tuple[str, str]:
        return self.source_system, self.source_identifier


@dataclass(frozen=True, slots=True)
class IncomingBundle:
    """Checked, but nothing of it looked up yet."""

    resources: tuple[Incoming, ...]


def read_bundle(raw: bytes, *, source: str) -> IncomingBundle:
    """Read and check a file.

    Args:
        source: names the sending system where the file itself does not.

    Raises:
        BundleRefused: with the place of the first fault; its `resources` tells how many were in the file.
    """
    bundle = read_text(raw)
    if not isinstance(bundle, dict):
        raise BundleRefused("file", "is not a JSON object, so not a Bundle")
    if bundle.get("resourceType") != "Bundle":
        return _not_a_bundle(bundle)
    try:
        return _checked(bundle, source)
    except BundleRefused as refusal:
        entries = bundle.get("entry")
        refusal.resources = (
            sum(isinstance(each, dict) and "resource" in each for each in entries)
            if isinstance(entries, list)
            else 0
        )
        raise


def _not_a_bundle(resource: dict[str, Any]) -> IncomingBundle:
    require_r4(resource, str(resource.get("resourceType") or "file")[:60])
    raise BundleRefused("file", f"is a {resource['resourceType']}, not a Bundle")


def _checked(bundle: dict[str, Any], source: str) -> IncomingBundle:
    _require_loadable(bundle.get("type"))
    entries = bundle.get("entry", [])
    if not isinstance(entries, list):
        raise BundleRefused("Bundle.entry", "is not a list")
    incoming = [
        _incoming(entry, f"Bundle.entry[{number}]", bundle, source) for number, entry in enumerate(entries)
    ]
    _require_each_once(incoming)
    return IncomingBundle(tuple(incoming))


def _require_loadable(kind: Any) -> None:
    if isinstance(kind, str) and kind in LOADED_TYPES:
        return
    if isinstance(kind, str) and kind in OTHER_TYPES:
        raise BundleRefused("Bundle.type", f"is {kind}; this command loads {', '.join(LOADED_TYPES)}")
    raise BundleRefused("Bundle.type", "is missing or is not a bundle type of FHIR R4")


def _incoming(entry: Any, where: str, bundle: Mapping[str, Any], source: str) -> Incoming:
    if not isinstance(entry, dict):
        raise BundleRefused(where, "is not an object")
    if bundle["type"] in ("transaction", "batch"):
        _require_storing(entry.get("request"), f"{where}.request")
    if "resource" not in entry:
        raise BundleRefused(f"{where}.resource", "is required")
    resource = entry["resource"]
    require_r4(resource, f"{where}.resource")
    if resource["resourceType"] in ("Bundle", "Parameters"):
        raise BundleRefused(
            f"{where}.resource", f"is a {resource['resourceType']}, which belongs to no record"
        )
    full_url = entry.get("fullUrl", "")
    if not isinstance(full_url, str) or len(full_url) > LONGEST_ADDRESS:
        raise BundleRefused(f"{where}.fullUrl", "is not an address")
    system, identifier = _identity(full_url, resource, f"{where}.fullUrl", source)
    return Incoming(f"{where}.resource", resource, full_url, system, identifier)


def _require_storing(request: Any, where: str) -> None:
    if not isinstance(request, dict):
        raise BundleRefused(where, "is required in a transaction or batch")
    if request.get("method") not in STORING_METHODS:
        raise BundleRefused(f"{where}.method", "must be POST or PUT: this command only adds to records")
    if not isinstance(request.get("url"), str) or not request["url"]:
        raise BundleRefused(f"{where}.url", "is required")


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


def _require_each_once(incoming: Iterable[Incoming]) -> None:
    seen: set[object] = set()
    for each in incoming:
        if each.full_url and each.full_url in seen:
            raise BundleRefused(
                each.where.removesuffix(".resource") + ".fullUrl", "was used before in this bundle"
            )
        if each.identity in seen:
            raise BundleRefused(each.where, "comes twice in this bundle")
        seen |= {each.full_url, each.identity}
