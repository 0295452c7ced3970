"""Words for people: short names, authored here in both languages, of codes and phrases that records carry.

The tables beside this file hold code or phrase, English, Russian. What they do not know is shown as the source wrote it.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from emr.content.rules.texts import sanitized_text
from foundation.language.bilingual import BilingualText

FOLDER = Path(__file__).parent
LOINC = "http://loinc.org"
CVX = "http://hl7.org/fhir/sid/cvx"
TABLE_OF_SYSTEM = {LOINC: "loinc", CVX: "cvx"}
# Source terms carry the kind of thing they are in brackets: "Acute bronchitis (disorder)".
CLASS_OF_TERM = re.compile(
    r" \((disorder|finding|procedure|situation|body structure|qualifier value|record artifact|regime/therapy)\)$"
)
TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


NOTHING = BilingualText("", "")


@cache
def _table(name: str) -> Mapping[str, BilingualText]:
    lines = (FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line)
    return {key: BilingualText(en, ru) for key, en, ru in rows}


def phrase(text: object) -> BilingualText:
    """A phrase in both languages where we know it, else as the source wrote it."""
    seen = CLASS_OF_TERM.sub("", sanitized_text(text))
    return _table("glossary").get(seen.casefold(), BilingualText(seen, seen))


def of_code(system: object, code: object) -> BilingualText:
    """Our short name of a coded term, or nothing."""
    table = TABLE_OF_SYSTEM.get(system) if isinstance(system, str) else None
    return _table(table).get(code, NOTHING) if table and isinstance(code, str) else NOTHING


def of_concept(concept: object) -> BilingualText:
    """The best words for a FHIR CodeableConcept: our name of a code, a known phrase, the source's text, the code itself."""
    if not isinstance(concept, Mapping):
        return NOTHING
    codings: list[Mapping[str, Any]] = [
        each for each in concept.get("coding") or [] if isinstance(each, Mapping)
    ]
    for each in codings:
        if named := of_code(each.get("system"), each.get("code")):
            return named
    for holder, name in [(concept, "text"), *((each, "display") for each in codings)]:
        if sanitized_text(holder.get(name)):
            return translated(holder, name)
    for each in codings:
        if code := sanitized_text(each.get("code")):
            return BilingualText(code, code)
    return NOTHING


def translated(holder: Mapping[str, Any], name: str) -> BilingualText:
    """A text with the translations that the source sent along (FHIR R4, extension translation), else as we know it."""
    known = phrase(holder.get(name))
    sent = dict(_translations(holder.get(f"_{name}")))
    return BilingualText(sent.get("en", known.en), sent.get("ru", known.ru))


def _translations(beside: object) -> Iterator[tuple[str, str]]:
    for extension in _extensions(beside):
        if extension.get("url") == TRANSLATION:
            extension_by_url = {part.get("url"): part for part in _extensions(extension)}
            language = sanitized_text(extension_by_url.get("lang", {}).get("valueCode"))
            content = sanitized_text(extension_by_url.get("content", {}).get("valueString"))
            if content:
                yield language[:2], content


def _extensions(element: object) -> list[Mapping[str, Any]]:
    listed = element.get("extension") if isinstance(element, Mapping) else None
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []


def of_unit(unit: object) -> BilingualText:
    """A UCUM unit as people write it."""
    seen = sanitized_text(unit)
    return _table("units").get(seen, BilingualText(seen, seen))


@cache
def known_units() -> Mapping[str, str]:
    """What a unit is called in UCUM, by how either language writes it."""
    told: dict[str, str] = {}
    for code, words in _table("units").items():
        for each in filter(None, words):
            told.setdefault(each, code)
    return told


def joined(parts: list[BilingualText], *, by: str = ", ") -> BilingualText:
    """Several things in one line, the empty ones left out."""
    return BilingualText(
        by.join(each.en for each in parts if each.en), by.join(each.ru for each in parts if each.ru)
    )
