"""What of a header tells how a frame is drawn. DICOM PS3.3 C.7.6.3, C.7.6.16, C.11.1, C.11.2."""

from collections.abc import Mapping
from typing import Any

_SHARED_GROUPS, _PER_FRAME_GROUPS = "52009229", "52009230"
_FRAME_VOI_LUT, _PIXEL_VALUE_TRANSFORMATION = "00289132", "00289145"
_OF_PIXELS = (
    *("00280002", "00280004", "00280006", "00280010", "00280011"),
    *("00280100", "00280101", "00280102", "00280103"),
)
_OF_PALETTES = ("00281101", "00281102", "00281103", "00281201", "00281202", "00281203")
_OF_VALUES = ("00281050", "00281051", "00281052", "00281053", "00281056", "00283000", "00283010")

Members = Mapping[str, Any]


def drawing_attributes(header: Members, *, frame_number: int) -> dict[str, Any]:
    """The attributes for one frame, as DICOM JSON; what its own functional groups say counts before what all share.

    Args:
        header: DICOM JSON of the whole object.
        frame_number: counted from 1.
    """
    found = {tag: header[tag] for tag in (*_OF_PIXELS, *_OF_PALETTES, *_OF_VALUES) if tag in header}
    for groups in (_item(header, _SHARED_GROUPS, 0), _item(header, _PER_FRAME_GROUPS, frame_number - 1)):
        for sequence in (_FRAME_VOI_LUT, _PIXEL_VALUE_TRANSFORMATION):
            told = _item(groups, sequence, 0)
            found.update({tag: told[tag] for tag in _OF_VALUES if tag in told})
    return found


def _item(members: Members, tag: str, at: int) -> Members:
    """An item of a sequence; empty where there is none."""
    member = members.get(tag)
    items = member.get("Value") if isinstance(member, dict) else None
    item = items[at] if isinstance(items, list) and at < len(items) else None
    return item if isinstance(item, dict) else {}
