"""Where the pixels of an open file lie: walks over item headers, reads no pixel."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pydicom.dataset import Dataset

from archive_gateway.dicom.rules.frames import (
    PixelShape,
    Span,
    encapsulated_frames,
    native_frames,
    require_shape,
)
from archive_gateway.dicom.rules.refusals import FileRefused
from archive_gateway.dicom.rules.transfer_syntax import (
    EXPLICIT_BIG_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    is_jpeg_family,
    is_native,
)
from archive_gateway.inspection.limits import MOST_FRAGMENTS

PIXEL_DATA = (0x7FE0, 0x0010)
_ITEM, _END = (0xFFFE, 0xE000), (0xFFFE, 0xE0DD)
_UNDEFINED = 0xFFFFFFFF
_LONG_HEADER = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UN"})
_END_OF_IMAGE = b"\xff\xd9"
# Fragments are padded to even length, and some devices pad further.
_TAIL_BYTES = 10


@dataclass(frozen=True)
class Pixels:
    """The frames of one file. `cell_bytes` above 1: big endian cells, to be turned when they are read."""

    shape: PixelShape
    offset: int
    frames: list[list[Span]]
    cell_bytes: int = 1


def find_pixels(file: BinaryIO, header: Dataset, *, transfer_syntax_uid: str, size: int) -> Pixels | None:
    """The frames, from an open file that stands at the pixel element; None where there is none to show.

    Raises:
        FileRefused: the pixels are cut short, or contradict the header.
    """
    element = _pixel_element(file, transfer_syntax_uid)
    if element is None:
        return None
    vr, length = element
    shape = _shape_of(header)
    require_shape(shape)
    begins = file.tell()
    if is_native(transfer_syntax_uid):
        _require_whole(begins, length, size)
        frames = [[span] for span in native_frames(shape, Span(begins, length))]
        return Pixels(shape, begins, frames, _cell_bytes(transfer_syntax_uid, vr, shape.bits_allocated))
    if length != _UNDEFINED:
        raise FileRefused("The pixels are said to be compressed, yet they are not in fragments.")
    items = list(_items(file, size))
    if not items:
        raise FileRefused("The compressed pixels are not made of fragments.")
    table, *fragments = items
    frames = encapsulated_frames(
        fragments,
        frame_count=shape.frame_count,
        frame_starts=_frame_starts(file, header, table, fragments),
        ends_a_frame=lambda span: is_jpeg_family(transfer_syntax_uid) and _ends_an_image(file, span),
    )
    return Pixels(shape, begins, frames)


def _require_whole(begins: int, length: int, size: int) -> None:
    """Refuse uncompressed pixels that the file does not hold to their end."""
    if length == _UNDEFINED:
        raise FileRefused("The pixels are said to be uncompressed, yet their length is not given.")
    if begins + length > size:
        raise FileRefused("The file ends in the middle of the pixels.")


def _pixel_element(file: BinaryIO, transfer_syntax_uid: str) -> tuple[bytes, int] | None:
    """The value representation and length of the pixel element; leaves the file at its first byte."""
    order = ">" if transfer_syntax_uid == EXPLICIT_BIG_ENDIAN else "<"
    start = file.read(8)
    if len(start) < 8 or struct.unpack(order + "HH", start[:4]) != PIXEL_DATA:
        return None
    vr = start[4:6]
    # Some writers say explicit and write implicit: then no letters stand here.
    if transfer_syntax_uid == IMPLICIT_LITTLE_ENDIAN or not vr.isalpha():
        return b"OW", struct.unpack("<L", start[4:])[0]
    if vr not in _LONG_HEADER:
        raise FileRefused("The pixels are of a kind that pixels cannot have.")
    rest = file.read(4)
    if len(rest) < 4:
        raise FileRefused("The file ends in the middle of the pixels.")
    return vr, struct.unpack(order + "L", rest)[0]


def _shape_of(header: Dataset) -> PixelShape:
    try:
        return PixelShape(
            rows=int(header.get("Rows") or 0),
            columns=int(header.get("Columns") or 0),
            samples=int(header.get("SamplesPerPixel") or 1),
            bits_allocated=int(header.get("BitsAllocated") or 0),
            frame_count=int(header.get("NumberOfFrames") or 1),
            photometric_interpretation=str(header.get("PhotometricInterpretation") or ""),
        )
    except (TypeError, ValueError) as fault:
        raise FileRefused("The header does not say how large the picture is.") from fault


def _cell_bytes(transfer_syntax_uid: str, vr: bytes, bits_allocated: int) -> int:
    """Bytes turned together when big endian cells are read. OW is a run of words even for 8-bit cells."""
    if transfer_syntax_uid != EXPLICIT_BIG_ENDIAN or vr == b"OB":
        return 1
    return max(2, bits_allocated // 8)


def _items(file: BinaryIO, size: int) -> Iterator[Span]:
    """The basic offset table, then every fragment. PS3.5 annex A.4."""
    for _ in range(MOST_FRAGMENTS + 2):
        head = file.read(8)
        if len(head) < 8:
            raise FileRefused("The file ends in the middle of the pixels.")
        group, element, length = struct.unpack("<HHL", head)
        if (group, element) == _END:
            return
        if (group, element) != _ITEM or length == _UNDEFINED:
            raise FileRefused("The compressed pixels are not made of fragments.")
        span = Span(file.tell(), length)
        if span.end > size:
            raise FileRefused("The file ends in the middle of the pixels.")
        yield span
        file.seek(span.end)
    raise FileRefused("The compressed pixels have more fragments than the archive takes.")


def _frame_starts(file: BinaryIO, header: Dataset, table: Span, fragments: list[Span]) -> list[int]:
    """File offsets of each frame's first item header, from the extended or the basic offset table."""
    packed, width = _bytes_of(header.get("ExtendedOffsetTable")), 8
    if not packed:
        file.seek(table.offset)
        packed, width = file.read(table.length), 4
    if not packed or len(packed) % width or not fragments:
        return []
    letter = "Q" if width == 8 else "L"
    first = fragments[0].offset - 8
    return [first + offset for offset in struct.unpack(f"<{len(packed) // width}{letter}", packed)]


def _bytes_of(value: object) -> bytes:
    return value if isinstance(value, bytes) else b""


def _ends_an_image(file: BinaryIO, fragment: Span) -> bool:
    length = min(_TAIL_BYTES, fragment.length)
    file.seek(fragment.end - length)
    return _END_OF_IMAGE in file.read(length)
