"""Requests that depend on what is there already: "create it unless there is one", "change the one that there is"."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from emr.fhir_import.validation.refusals import BundleRefused
from foundation.canonical_json import digest_of


@dataclass(frozen=True, slots=True)
class Condition:
    """The business identifier that tells which resource is meant.

    `create_only`: where there is one it stays as it is (FHIR R4, http, 3.1.0.8.1); else it gets another version.
    """

    resource_type: str
    system: str
    value: str
    create_only: bool

    @property
    def source_identifier(self) -> str:
        """What the sender calls the resource, as long as it sends it so; what may name a person is not repeated."""
        return f"{self.resource_type}?identifier=sha256:{digest_of(self.value)}"

    @property
    def reference(self) -> str:
        return conditional_reference(self.resource_type, self.system, self.value)


def conditional_reference(resource_type: str, system: str, value: str) -> str:
    """The reference that means whichever resource carries this identifier."""
    return f"{resource_type}?identifier={system}|{value}"


def condition_of(request: Any, resource_type: str, where: str) -> Condition | None:
    """What a request of a bundle makes itself depend on, None where on nothing.

    Raises:
        BundleRefused: it asks for something that is not searched for here, or names another type.
    """
    if not isinstance(request, Mapping):
        return None
    creating = request.get("method") == "POST" and "ifNoneExist" in request
    named, _, query = str(request.get("url", "")).partition("?")
    if request.get("method") == "PUT" and query:
        if named.rpartition("/")[2] != resource_type:
            raise BundleRefused(f"{where}.url", "names another type than that of the resource")
        place = f"{where}.url"
    elif creating:
        place, query = f"{where}.ifNoneExist", str(request["ifNoneExist"]).rpartition("?")[2]
    else:
        return None
    system, value = _identifier(query, place)
    return Condition(resource_type, system, value, create_only=creating)


def _identifier(query: str, where: str) -> tuple[str, str]:
    name, _, asked = query.partition("=")
    system, mark, value = unquote(asked).partition("|")
    if name != "identifier" or "&" in query or not (mark and system and value):
        raise BundleRefused(where, "asks for more than is searched for here: one identifier=system|value")
    return system, value


def identifiers_in(resource: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The business identifiers that a resource carries: system and value."""
    written = resource.get("identifier")
    for each in written if isinstance(written, list) else [written]:
        if isinstance(each, Mapping):
            system, value = each.get("system"), each.get("value")
            if isinstance(system, str) and isinstance(value, str) and system and value:
                yield system, value
