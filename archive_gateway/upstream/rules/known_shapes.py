"""DICOM JSON of an archive behind us, taken apart and put together anew: only what the standard knows, and no address.

DICOM PS3.18 annex F. What has another shape is left out; nobody can say what a browser, or we, would make of it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

_TAG = re.compile(r"[0-9A-F]{8}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]*={0,2}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# They name a machine that only we may ask: DICOM has a representation for them, and devices write them elsewhere too.
_ADDRESS = "://"
_TEXTS = frozenset({"AE", "AS", "CS", "DA", "DT", "LO", "LT", "SH", "ST", "TM", "UC", "UI", "UT"})
_NUMBERS = frozenset({"DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})
_WRITINGS = ("Alphabetic", "Ideographic", "Phonetic")
# As long as our own index repeats.
_LONGEST_TEXT, _LONGEST_NUMBER, _LONGEST_BINARY = 10_240, 16, 400_000
_DEEPEST = 24

Members = dict[str, Any]


class TooDeep(ValueError):
    """It is nested deeper than any object that a device writes."""


def known_members(members: Mapping[str, Any], *, depth: int = 0) -> Members:
    """What of an object can be read as the standard says.

    Raises:
        TooDeep: its sequences are nested without end.
    """
    if depth > _DEEPEST:
        raise TooDeep
    found = {}
    for tag, member in members.items():
        if _TAG.fullmatch(tag) and isinstance(member, dict):
            known = _known(member, depth)
            if known is not None:
                found[tag] = known
    return found


def _known(member: Mapping[str, Any], depth: int) -> Members | None:
    vr, value = member.get("vr"), member.get("Value", [])
    if not isinstance(vr, str) or not isinstance(value, list) or "BulkDataURI" in member:
        return None
    if vr in _BINARY:
        return _binary(vr, member.get("InlineBinary", ""))
    if vr == "SQ":
        items = [known_members(each, depth=depth + 1) for each in value if isinstance(each, dict)]
        return {"vr": vr, "Value": items}
    right = _RIGHT.get(vr)
    if right is None or not all(each is None or right(each) for each in value):
        return None
    return {"vr": vr, "Value": value} if value else {"vr": vr}


def _binary(vr: str, text: Any) -> Members | None:
    if not isinstance(text, str) or len(text) > _LONGEST_BINARY or not _BASE64.fullmatch(text):
        return None
    return {"vr": vr, "InlineBinary": text} if text else {"vr": vr}


def _is_text(value: Any) -> bool:
    return (
        isinstance(value, str)
        and len(value) <= _LONGEST_TEXT
        and _ADDRESS not in value
        and not _CONTROLS.search(value)
    )


def _is_number(value: Any) -> bool:
    if isinstance(value, str):
        # Some archives repeat the text of DS and IS.
        return len(value) <= _LONGEST_NUMBER and _reads_as_number(value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_name(value: Any) -> bool:
    return isinstance(value, dict) and all(
        writing in _WRITINGS and _is_text(text) for writing, text in value.items()
    )


def _is_tag(value: Any) -> bool:
    return isinstance(value, str) and _TAG.fullmatch(value) is not None


_RIGHT: Mapping[str, Callable[[Any], bool]] = {
    **dict.fromkeys(_TEXTS, _is_text),
    **dict.fromkeys(_NUMBERS, _is_number),
    "PN": _is_name,
    "AT": _is_tag,
}
