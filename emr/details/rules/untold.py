"""What a resource holds and its page does not tell: the page says that there is more, and drops nothing in silence."""

from collections.abc import Iterator, Mapping
from typing import Any

from emr.content.rules.attachments import NAMES as DOCUMENTS
from emr.content.rules.context import AUTHORS, PLACES

# Not about the thing itself, or told beside its sections: whose it is, where and by whom, its kind, its documents. A type's
# own extensions may be left aside by whoever does not know them (FHIR R4, extensibility); modifier extensions are told.
BESIDE = DOCUMENTS | {
    "resourceType", "id", "meta", "implicitRules", "language", "text", "contained", "identifier", "extension",
    "subject", "patient", "beneficiary", "category", "encounter", "context", *AUTHORS, *PLACES,
    # When it came to be known; the page is headed with when it happened.
    "issued", "recordedDate", "dateAsserted", "recorded",
    # Told by the elements that it counts.
    "numberOfSeries", "numberOfInstances",
}  # fmt: skip
# Of elements that repeat with parts of their own, the parts that the pages tell, or that say nothing to people.
PARTS: Mapping[str, frozenset[str]] = {
    "reaction": frozenset({"manifestation", "severity"}),
    "component": frozenset({"code", "dataAbsentReason", "interpretation", "referenceRange"}),
    "participant": frozenset({"individual", "member", "role", "type", "period"}),
    "activity": frozenset({"detail", "reference"}),
    "target": frozenset({"measure"}),
    "protocolApplied": frozenset({"doseNumberPositiveInt", "doseNumberString", "series"}),
    "series": frozenset(
        {"uid", "number", "modality", "bodySite", "numberOfInstances", "instance", "started"}
    ),
    "condition": frozenset({"code", "outcome", "contributedToDeath"}),
    "section": frozenset({"title", "code", "text", "entry", "section"}),
    "referenceRange": frozenset({"low", "high", "text", "type", "appliesTo", "age"}),
    "item": frozenset({"linkId", "text", "definition", "answer", "item"}),
    "note": frozenset({"text", "time", "authorString", "authorReference"}),
}
# Parts that are told in every spelling.
CHOICES: Mapping[str, tuple[str, ...]] = {
    "component": ("value",),
    "target": ("detail", "due"),
    "condition": ("onset",),
}
BILLS = frozenset({"Claim", "ExplanationOfBenefit"})


class ReadResource(Mapping[str, Any]):
    """A resource that remembers which of its elements somebody asked for by name."""

    def __init__(self, resource: Mapping[str, Any]) -> None:
        self._resource = resource
        self._asked: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self._asked.add(name)
        return self._resource[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._resource)

    def __len__(self) -> int:
        return len(self._resource)

    # Looking at all of them, such as for a modifier extension, is no telling.
    def items(self) -> Any:
        return self._resource.items()

    def values(self) -> Any:
        return self._resource.values()

    def holds_more(self) -> bool:
        """Whether something in it was neither asked for nor is told beside its sections."""
        if self._resource.get("resourceType") in BILLS:
            return False
        elements = {name for name, value in self._resource.items() if value and not name.startswith("_")}
        return bool(elements - self._asked - BESIDE) or any(self._parts_untold(name) for name in PARTS)

    def _parts_untold(self, name: str) -> bool:
        listed = self._resource.get(name)
        return any(
            part not in PARTS[name] | {"id", "extension", "modifierExtension"}
            and not part.startswith(("_", *CHOICES.get(name, ())))
            for each in (listed if isinstance(listed, list) else [])
            if isinstance(each, Mapping)
            for part in each
        )
