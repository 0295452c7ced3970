"""Narratives as they leave: cleaned, while what came in is kept as it came."""

from collections.abc import Mapping
from typing import Any

from foundation.xhtml import cleaned_xhtml


def with_cleaned_narratives(value: Any) -> Any:
    """The same resource or Bundle; in R4 only a Narrative has an element called div."""
    if isinstance(value, Mapping):
        return {
            name: cleaned_xhtml(each)
            if name == "div" and isinstance(each, str)
            else with_cleaned_narratives(each)
            for name, each in value.items()
        }
    return [with_cleaned_narratives(each) for each in value] if isinstance(value, list) else value
