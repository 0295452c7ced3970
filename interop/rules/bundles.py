"""Resources put together as a Bundle. FHIR R4, http://hl7.org/fhir/R4/bundle.html."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

REFERENCE = re.compile(r"([A-Z][A-Za-z]+)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")


def bundle(kind: str, resources: Sequence[Mapping[str, Any]], *, base: str, at: datetime) -> dict[str, Any]:
    """A Bundle of that type ("collection" or "searchset"); every resource has an id.

    Args:
        base: the address of our FHIR interface, against which relative references in the resources resolve.
    """
    made: dict[str, Any] = {
        "resourceType": "Bundle",
        "type": kind,
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": [
            {"fullUrl": f"{base}/{each['resourceType']}/{each['id']}", "resource": each} for each in resources
        ],
    }
    if kind == "searchset":
        made["total"] = len(resources)
        for entry in made["entry"]:
            entry["search"] = {"mode": "match"}
    return made


def relative_references_in(value: object) -> Iterator[tuple[str, UUID]]:
    """Every relative reference within a resource: the type and the id that it names."""
    if isinstance(value, Mapping):
        written = value.get("reference")
        if isinstance(written, str) and (found := REFERENCE.fullmatch(written)):
            yield found[1], UUID(found[2])
        for each in value.values():
            yield from relative_references_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from relative_references_in(each)
