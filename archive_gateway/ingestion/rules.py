"""Whether two objects under one number are the same, judged by what they say and not by how it is written.

Headers are compared as DICOM JSON, in which order, padding, group lengths, byte order and character set are gone
already. DICOM PS3.5 sections 6.2, 7.1 to 7.3; PS3.18 annex F.
"""

import base64
import binascii
import struct
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

Members = Mapping[str, Any]

_SPECIFIC_CHARACTER_SET, _NUMBER_OF_FRAMES, _TRAILING_PADDING = "00080005", "00280008", "FFFCFFFC"
_SOP_CLASS_UID, _PHOTOMETRIC_INTERPRETATION, _PLANAR_CONFIGURATION = "00080016", "00280004", "00280006"
# How a text is written, how the samples of a pixel stand, and how many frames: the last is counted, not read.
_OF_ENCODING = frozenset(
    {_SPECIFIC_CHARACTER_SET, _NUMBER_OF_FRAMES, _TRAILING_PADDING, _PLANAR_CONFIGURATION}
)
# Colours that decoding turns into one another; grey and palettes stay what they are called.
_TURNED_INTO_RGB = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})
# What makes other pixels of the same bytes, and the kind of the object: never a mere correction.
_OF_PIXELS = frozenset(
    {_SOP_CLASS_UID, _PHOTOMETRIC_INTERPRETATION}
    | {"00280002", "00280010", "00280011", "00280100", "00280101", "00280102", "00280103"}
    | {"00281101", "00281102", "00281103", "00281201", "00281202", "00281203"}
)
# What makes other lengths, values or directions of the same pixels: a person measures by them, and no device corrects them
# afterwards. Which side of the body it is, is what people mistake, and stays correctable.
_OF_MEASURES = frozenset(
    {"00181164", "00185100", "00200020", "00200032", "00200037", "00200052", "00280030", "00280034"}
    | {"00281052", "00281053", "00281054", "00283000", "00541001", "3004000C", "3004000E"}
    # Of objects of many frames, all of it stands here (PS3.3 C.7.6.16).
    | {"52009229", "52009230"}
)
# Identification, patient, relationship, request and visit: what a person at a device corrects.
_CORRECTABLE_GROUPS = frozenset({"0008", "0010", "0020", "0032", "0038"})
_NUMBERS = {"US": "H", "SS": "h", "UL": "I", "SL": "i", "UV": "Q", "SV": "q", "FL": "f", "FD": "d"}


class Likeness(StrEnum):
    """What an object is to the one that is stored under its number."""

    SAME = "same"
    CORRECTED_HEADER = "corrected header"
    BETTER_COPY = "better copy"
    DAMAGED_COPY = "damaged copy"
    OTHER = "other"


class PixelLikeness(StrEnum):
    """What the pixels of an object are to those of the stored one. `OTHER` also where nobody here can tell."""

    NONE = "none"
    SAME = "same"
    STORED_BROKEN = "stored broken"
    NEW_BROKEN = "new broken"
    OTHER = "other"


def differing_attributes(stored: Members, new: Members) -> set[str]:
    """The tags whose value is not the same, apart from what only says how values are written."""
    tags = (stored.keys() | new.keys()) - _OF_ENCODING
    return {tag for tag in tags if not _same_attribute(tag, stored.get(tag), new.get(tag))}


def likeness_of(differing: set[str], *, rest_is_same: bool, pixels: Callable[[], PixelLikeness]) -> Likeness:
    """What an object is to the stored one.

    Args:
        differing: the tags of `differing_attributes`.
        rest_is_same: whether the values too long for the index are the same as well.
        pixels: compares them, which takes long; asked only where it matters.
    """
    if differing & (_OF_PIXELS | _OF_MEASURES):
        return Likeness.OTHER
    same_header = rest_is_same and not differing
    match pixels():
        case PixelLikeness.SAME:
            return Likeness.SAME if same_header else Likeness.CORRECTED_HEADER
        case PixelLikeness.STORED_BROKEN:
            return Likeness.BETTER_COPY
        case PixelLikeness.NEW_BROKEN:
            return Likeness.DAMAGED_COPY
        case PixelLikeness.NONE if same_header:
            return Likeness.SAME
        # Of a report, what is not identification is the report.
        case PixelLikeness.NONE if rest_is_same and all(tag[:4] in _CORRECTABLE_GROUPS for tag in differing):
            return Likeness.CORRECTED_HEADER
    return Likeness.OTHER


def _same_attribute(tag: str, stored: Any, new: Any) -> bool:
    if stored == new:
        return True
    if tag == _PHOTOMETRIC_INTERPRETATION:
        return {_first(stored), _first(new)} <= _TURNED_INTO_RGB
    if not (isinstance(stored, dict) and isinstance(new, dict)):
        return False
    if "SQ" == stored.get("vr") == new.get("vr"):
        return _same_items(stored.get("Value") or [], new.get("Value") or [])
    if stored.get("vr") != new.get("vr"):
        # Implicit files do not say of what kind a private value is: then its bytes decide.
        one, other = _bytes_of(stored), _bytes_of(new)
        return one is not None and one == other
    return False


def _same_items(stored: list[Any], new: list[Any]) -> bool:
    return len(stored) == len(new) and all(
        not differing_attributes(one, other) for one, other in zip(stored, new, strict=True)
    )


def _first(member: Any) -> str:
    values = member.get("Value") if isinstance(member, dict) else None
    return str(values[0]) if values else ""


def _bytes_of(member: Members) -> bytes | None:
    """The value as little endian bytes without padding; None where they cannot be told."""
    if "InlineBinary" in member:
        try:
            return base64.b64decode(member["InlineBinary"], validate=True).rstrip(b" \0")
        except (binascii.Error, TypeError, ValueError):
            return None
    values, letter = member.get("Value") or [], _NUMBERS.get(member.get("vr", ""))
    if letter:
        try:
            return struct.pack(f"<{len(values)}{letter}", *values).rstrip(b" \0")
        except struct.error:
            return None
    if all(isinstance(value, str) for value in values):
        return "\\".join(values).encode().rstrip(b" \0")
    return None
