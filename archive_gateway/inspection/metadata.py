"""A header as DICOM JSON, without pixels and without long values. DICOM PS3.18 annex F.

A long value is left out as a whole, text as well as binary: whoever wants it takes the object, in which it stands.
What is left out goes into one digest, so that two objects can be told apart by it.
"""

import base64
import hashlib
from typing import Any, BinaryIO

import orjson
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from archive_gateway.dicom.rules.refusals import FileRefused
from archive_gateway.inspection.limits import (
    INLINE_BINARY_BYTES,
    INLINE_NUMBERS_BYTES,
    INLINE_TABLE_BYTES,
    INLINE_TEXT_BYTES,
    MOST_METADATA_BYTES,
)

_PIXEL_GROUP, _TABLE_GROUP, _ITEM_GROUP = 0x7FE0, 0x0028, 0xFFFE
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or OW", "US or SS or OW"})
_NUMBERS = frozenset({"AT", "DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"})
_DEEPEST = 24
_TOO_LARGE = "The header is larger than the archive takes."
_UNDEFINED = 0xFFFFFFFF
_BLOCK_BYTES = 1 << 16
_PADDING = b" \0"


def metadata_of(header: Dataset, file: BinaryIO) -> tuple[bytes, str]:
    """The header as JSON text, and a digest of what is left out of it; "" where nothing is.

    Values that cannot be read are left out, so one bad date costs no picture.

    Args:
        file: that the header was read from, for values that are still there.

    Raises:
        FileRefused: a sequence is broken, so that what follows cannot be trusted; or there is too much of it.
    """
    writing = _Writing(MOST_METADATA_BYTES, file)
    text = orjson.dumps(_members(header, writing, depth=0))
    if len(text) > MOST_METADATA_BYTES:
        raise FileRefused(_TOO_LARGE)
    return text, writing.left_out


class _Writing:
    """What is left of the bytes that a header may have, so that too long a one is not written to its end first; and
    what was left out.
    """

    def __init__(self, bytes_left: int, file: BinaryIO) -> None:
        self._bytes_left = bytes_left
        self._file = file
        self._digest = hashlib.sha256()
        self._begun = False

    @property
    def left_out(self) -> str:
        return self._digest.hexdigest() if self._begun else ""

    def spend(self, member: dict[str, Any]) -> orjson.Fragment:
        """A member as the text that it will be."""
        text = orjson.dumps(member, default=_plain)
        self._bytes_left -= len(text)
        if self._bytes_left < 0:
            raise FileRefused(_TOO_LARGE)
        return orjson.Fragment(text)

    def leave_out(self, raw: DataElement | RawDataElement | None, *, depth: int) -> None:
        """Take into the digest what is not repeated in the text."""
        if raw is None:
            return
        self._begun = True
        self._digest.update(f"{depth} {int(raw.tag):08X} ".encode())
        if isinstance(raw, RawDataElement) and raw.value is None:
            self._take_from_file(raw.value_tell, raw.length)
            return
        value = raw.value if isinstance(raw.value, bytes) else str(raw.value).encode("utf-8", "replace")
        self._digest.update(value.rstrip(_PADDING))

    def _take_from_file(self, begins: int, length: int) -> None:
        stands = self._file.tell()
        self._file.seek(begins)
        while length > 0 and (block := self._file.read(min(length, _BLOCK_BYTES))):
            length -= len(block)
            self._digest.update(block)
        self._file.seek(stands)


def _members(header: Dataset, writing: _Writing, *, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise FileRefused("The header is nested too deeply.")
    members = {}
    for tag in sorted(header.keys()):
        if tag.element == 0 or tag.group in {_PIXEL_GROUP, _ITEM_GROUP}:
            continue
        raw = header.get_item(tag)
        member = _member(header, tag, writing, depth=depth)
        if member is None:
            writing.leave_out(raw, depth=depth)
        else:
            members[f"{int(tag):08X}"] = member
    return members


def _member(
    header: Dataset, tag: BaseTag, writing: _Writing, *, depth: int
) -> orjson.Fragment | dict[str, Any] | None:
    raw = header.get_item(tag)
    if isinstance(raw, RawDataElement):
        _require_whole(raw)
        if raw.value is None and raw.length > 0 and raw.VR != "SQ":
            return None
    try:
        element = header[tag]
    except FileRefused:
        raise
    except Exception as fault:
        if raw is not None and raw.VR in {"SQ", "UN", None}:
            raise FileRefused(f"The header is broken at ({tag.group:04X},{tag.element:04X}).") from fault
        return None
    if element.VR == "SQ":
        return {
            "vr": "SQ",
            "Value": [_members(item, writing, depth=depth + 1) for item in element.value or ()],
        }
    member = _binary(element, tag) if element.VR in _BINARY else _short(element)
    return None if member is None else writing.spend(member)


def _short(element: DataElement) -> dict[str, Any] | None:
    """A text or numbers; None where they are unreadable, or too long to be repeated in an index."""
    try:
        member: dict[str, Any] = element.to_json_dict(None, 0)
        length = len(orjson.dumps(member, default=_plain))
    except Exception:
        return None
    return (
        member if length <= (INLINE_NUMBERS_BYTES if element.VR in _NUMBERS else INLINE_TEXT_BYTES) else None
    )


def _binary(element: DataElement, tag: BaseTag) -> dict[str, Any] | None:
    vr = "OW" if " or " in element.VR else element.VR
    value = element.value
    if not isinstance(value, bytes) or not value:
        return {"vr": vr}
    if len(value) > (INLINE_TABLE_BYTES if tag.group == _TABLE_GROUP else INLINE_BINARY_BYTES):
        return None
    return {"vr": vr, "InlineBinary": base64.b64encode(value).decode("ascii")}


def _require_whole(raw: RawDataElement) -> None:
    if raw.value is not None and raw.length != _UNDEFINED and len(raw.value) != raw.length:
        raise FileRefused("The file ends in the middle of its header.")


def _plain(value: object) -> object:
    """Numbers and names that the decoder keeps in classes of its own."""
    return float(value) if isinstance(value, float) else str(value)
