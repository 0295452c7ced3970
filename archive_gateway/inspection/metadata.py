"""A header as DICOM JSON, without pixels and without long binary values. DICOM PS3.18 annex F."""

import base64
from typing import Any

import orjson
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import BaseTag

from archive_gateway.inspection.limits import INLINE_BINARY_BYTES, INLINE_TABLE_BYTES, MOST_METADATA_BYTES
from archive_gateway.rules.verdicts import FileRefused

_PIXEL_GROUP, _TABLE_GROUP, _ITEM_GROUP = 0x7FE0, 0x0028, 0xFFFE
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN", "OB or OW", "US or OW", "US or SS or OW"})
_DEEPEST = 24
_UNDEFINED = 0xFFFFFFFF


def metadata_of(header: Dataset) -> bytes:
    """The header as JSON text. Values that cannot be read are left out, so one bad date costs no picture.

    Raises:
        FileRefused: a sequence is broken, so that what follows cannot be trusted; or there is too much of it.
    """
    text = orjson.dumps(_members(header, depth=0), default=_plain)
    if len(text) > MOST_METADATA_BYTES:
        raise FileRefused("The header is larger than the archive takes.")
    return text


def _members(header: Dataset, *, depth: int) -> dict[str, Any]:
    if depth > _DEEPEST:
        raise FileRefused("The header is nested too deeply.")
    members = {}
    for tag in sorted(header.keys()):
        if tag.element == 0 or tag.group in {_PIXEL_GROUP, _ITEM_GROUP}:
            continue
        member = _member(header, tag, depth=depth)
        if member is not None:
            members[f"{int(tag):08X}"] = member
    return members


def _member(header: Dataset, tag: BaseTag, *, depth: int) -> dict[str, Any] | None:
    raw = header.get_item(tag)
    if isinstance(raw, RawDataElement):
        _require_whole(raw)
        if raw.value is None and raw.length > 0 and raw.VR != "SQ":
            return None
    try:
        element = header[tag]
    except Exception as fault:
        if raw is not None and raw.VR in {"SQ", "UN", None}:
            raise FileRefused(f"The header is broken at ({tag.group:04X},{tag.element:04X}).") from fault
        return None
    if element.VR == "SQ":
        return {"vr": "SQ", "Value": [_members(item, depth=depth + 1) for item in element.value or ()]}
    if element.VR in _BINARY:
        return _binary(element, tag)
    try:
        member = element.to_json_dict(None, 0)
        orjson.dumps(member, default=_plain)
    except Exception:
        return None
    return member


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
