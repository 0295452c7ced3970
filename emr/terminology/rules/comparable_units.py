"""Whether two quantities may stand in one comparison: only where they are surely of one unit. Nothing is converted."""

import re
from collections.abc import Mapping
from typing import Any
from unicodedata import normalize

from emr.content.rules.texts import sanitized_text
from emr.terminology.rules.phrases import known_units

# A litre is written in either letter (UCUM, 4.2); other small and large letters are different units: g/L, G/L.
SMALL_LITRE = re.compile(r"(?<![A-Za-z])([mdunfp]?)l(?![A-Za-z])")
MICRO = str.maketrans({"μ": "u"})


def comparable(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two FHIR Quantities are surely of one unit, by their codes where both have one, else by how it is written."""
    codes = [_spelt(each.get("code")) for each in (one, other)]
    if all(codes):
        return codes[0] == codes[1]
    return bool(_spellings(one) & _spellings(other)) or not (_spellings(one) or _spellings(other))


def bears_unit(quantity: Mapping[str, Any]) -> bool:
    """Whether a FHIR Quantity says its unit at all."""
    return bool(_spellings(quantity))


def _spellings(quantity: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(_spelt(quantity.get(name)) for name in ("code", "unit")) - {""}


def _spelt(unit: object) -> str:
    """One spelling for a unit in UCUM, in print and in Russian: umol/L of µmol/L and мкмоль/л."""
    written = sanitized_text(unit)
    same = known_units().get(written, written)
    return SMALL_LITRE.sub(r"\1L", normalize("NFKC", same).translate(MICRO))
