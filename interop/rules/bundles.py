"""Resources put together as a Bundle. FHIR R4, http://hl7.org/fhir/R4/bundle.html."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")

# What an import has turned into an address of ours; a canonical may name a version.
OURS = re.compile(rf"{REFERENCE.pattern}(\|.*)?")


@dataclass(frozen=True, slots=True)
class Request:
    """What kind of bundle was asked for: "collection" or "searchset".

    Attributes:
        address: what was asked for.
        base: the address of our FHIR interface, against which relative references in the resources resolve.
    """

    kind: str
    address: str
    base: str


def bundle(request: Request, resources: Sequence[Mapping[str, Any]], *, at: datetime) -> dict[str, Any]:
    """The answer to a request; every resource has an id."""
    base = request.base
    made: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": request.kind,
        "timestamp": at.isoformat(timespec="seconds"),
        "link": [{"relation": "self", "url": request.address}],
        "entry": [
            {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": _addressed(each, base)}
            for each in resources
        ],
    }
    if request.kind == "searchset":
        made["total"] = len(resources)
        for entry in made["entry"]:
            entry["search"] = {"mode": "match"}
    return made


def _addressed(value: Any, base: str, name: str = "") -> Any:
    """Addresses are no references: they do not resolve against the entry's fullUrl, so they are written out."""
    if isinstance(value, list):
        return [_addressed(each, base, name) for each in value]
    if isinstance(value, Mapping):
        return {each: _addressed(part, base, each) for each, part in value.items()}
    ours = isinstance(value, str) and name != "reference" and OURS.fullmatch(value)
    return f"{base}/{value}" if ours else value
