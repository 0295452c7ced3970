"""Where and by whom: drawn from a resource itself, else from the visit that it belongs to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from emr.content.rules.texts import sanitized_text

Find = Callable[[str], Mapping[str, Any] | None]

# An organisation whose identifier has this system is the facility of ours with that code.
FACILITY_SYSTEM = "urn:dispatching-center:facility"
PLACES = ("serviceProvider", "custodian", "managingOrganization", "provider")
AUTHORS = ("author", "recorder", "asserter", "requester", "performer", "participant", "enterer")
ACTORS = ("actor", "individual")
FORMER_NAMES = ("old", "maiden", "nickname", "anonymous")


def place_reference(content: Mapping[str, Any], find: Find) -> Mapping[str, Any] | None:
    """The reference to the organisation where it happened."""
    for each in _with_encounter(content, find):
        for name in PLACES:
            if isinstance(reference := each.get(name), Mapping):
                return reference
    return None


def author_references(content: Mapping[str, Any], find: Find) -> list[Mapping[str, Any]]:
    """The references to those who did or wrote it."""
    for each in _with_encounter(content, find):
        for name in AUTHORS:
            people = [
                person
                for one in _collection(each.get(name))
                if (person := _person(one)) and not _patient(person)
            ]
            if people:
                return people
    return []


def encounter_reference(content: Mapping[str, Any]) -> str:
    """The visit that a resource belongs to, "" where it names none."""
    for name in ("encounter", "context"):
        reference = content.get(name)
        if isinstance(reference, Mapping) and (written := sanitized_text(reference.get("reference"))):
            return written
    items = content.get("item")
    for item in items if isinstance(items, list) else []:
        for visit in _collection(item.get("encounter")) if isinstance(item, Mapping) else []:
            return sanitized_text(visit.get("reference"))
    return ""


def reference_texts_in(value: object) -> Iterator[str]:
    """Every reference that stands anywhere in a resource, or in a part of one."""
    if isinstance(value, Mapping):
        if written := sanitized_text(value.get("reference")):
            yield written
        for each in value.values():
            yield from reference_texts_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from reference_texts_in(each)


def _with_encounter(content: Mapping[str, Any], find: Find) -> Iterator[Mapping[str, Any]]:
    yield content
    if (visit := encounter_reference(content)) and (found := find(visit)):
        yield found


def _collection(value: object) -> list[Mapping[str, Any]]:
    many = value if isinstance(value, list) else [value]
    return [each for each in many if isinstance(each, Mapping)]


def _person(one: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Performers and participants wrap the reference; authors are the reference."""
    if "reference" in one or "display" in one:
        return one
    return next((one[name] for name in ACTORS if isinstance(one.get(name), Mapping)), None)


def _patient(reference: Mapping[str, Any]) -> bool:
    return sanitized_text(reference.get("reference")).startswith("Patient/")


def directory_name(content: Mapping[str, Any]) -> str:
    """What a target of references is called: a place's name, a person's given and family name, a medicine's code."""
    name = content.get("name")
    if isinstance(name, list):
        first = _name_of_today(_collection(name))
        given = [sanitized_text(each) for each in first.get("given") or []]
        parts = [*given, sanitized_text(first.get("family"))]
        return " ".join(part for part in parts if part) or sanitized_text(first.get("text"))
    words = (sanitized_text(content.get(each)) for each in ("name", "title", "description"))
    concepts = (concept for each in ("code", "type") for concept in _collection(content.get(each)))
    devices = (sanitized_text(each.get("name")) for each in _collection(content.get("deviceName")))
    return next(filter(None, (*words, *devices, *map(_concept_text, concepts))), "")


def _name_of_today(names: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The official name, else one that is no former one (HumanName.use is an element that must not be left aside)."""
    official = [each for each in names if each.get("use") == "official"]
    of_today = [each for each in names if each.get("use") not in FORMER_NAMES]
    return next(iter([*official, *of_today, *names]), {})


def _concept_text(concept: Mapping[str, Any]) -> str:
    shown = (sanitized_text(each.get("display")) for each in _collection(concept.get("coding")))
    return sanitized_text(concept.get("text")) or next(filter(None, shown), "")
