"""Single values out of DICOM JSON. PS3.18 annex F."""

from collections.abc import Mapping
from typing import Any


def text_of(members: Mapping[str, Any], tag: str) -> str:
    """The first value of an attribute, as text; empty where there is none."""
    member = members.get(tag)
    values = member.get("Value") if isinstance(member, dict) else None
    first = values[0] if isinstance(values, list) and values else ""
    if isinstance(first, dict):
        first = first.get("Alphabetic", "")
    return str("" if first is None else first).replace("\0", "").strip()


def number_of(members: Mapping[str, Any], tag: str) -> int | None:
    """The first value of an attribute, as a whole number that a database column holds."""
    try:
        number = int(float(text_of(members, tag)))
    except (ValueError, OverflowError):
        return None
    return number if abs(number) < 1 << 31 else None
