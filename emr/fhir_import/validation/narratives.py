"""Whether the narratives of a resource are XHTML of bounded length, as FHIR R4 asks: of it, its parts and sections."""

from collections.abc import Iterator, Mapping
from typing import Any

from emr.content.rules.narrative import LONGEST, NotXhtml, require_xhtml
from emr.fhir_import.validation.refusals import BundleRefused


def require_narratives(resource: Mapping[str, Any], where: str) -> None:
    """Refuse a narrative that is no XHTML, holds a script, or is too long together with those before it.

    Raises:
        BundleRefused: with the place of the first one.
    """
    length = 0
    for place, div in _divs_in(resource, where):
        length += len(div)
        if length > LONGEST:
            raise BundleRefused(
                place, f"is longer than {LONGEST} characters, with the others of this resource"
            )
        try:
            require_xhtml(div)
        except NotXhtml as fault:
            raise BundleRefused(place, str(fault)) from None


def _divs_in(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """In R4 only a Narrative has an element called div."""
    if isinstance(value, Mapping):
        for name, each in value.items():
            if name == "div" and isinstance(each, str):
                yield f"{where}.div", each
            else:
                yield from _divs_in(each, f"{where}.{name}")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _divs_in(each, f"{where}[{number}]")
