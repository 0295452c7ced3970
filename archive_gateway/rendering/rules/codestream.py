"""What a compressed frame says of itself, read before a decoder gets hold of it.

ISO/IEC 10918-1 annex B (JPEG), 14495-1 annex C (JPEG-LS), 15444-1 annexes A and I (JPEG 2000).
"""

import re
from dataclasses import dataclass

# JPEG, JPEG-LS, JPEG 2000 with its high throughput; films and JPEG XL end otherwise.
_MARKED_END = re.compile(r"1\.2\.840\.10008\.1\.2\.4\.([56]\d|70|8[01]|9[0-3]|20[1-3])")
_END_OF_IMAGE = b"\xff\xd9"
# Fragments are padded to an even length, and some devices fill further.
_PADDING = b"\x00\xff"
# Some devices send a codestream within the boxes of a file, which DICOM does not provide for (PS3.5 A.4.4).
_FILE_SIGNATURE = b"\x00\x00\x00\x0cjP  "
_CODESTREAM_BOX = b"jp2c"
_BOX_HEADER_BYTES = 8
# Start of a frame of JPEG-LS, of one or three components: length, precision, rows, columns.
_START_OF_FRAME_LS = re.compile(rb"\xff\xf7\x00[\x0b\x11](.)(..)(..)", re.DOTALL)

# Starts of a frame of JPEG (ISO/IEC 10918-1 table B.1), and of JPEG-LS; 0xC4, 0xC8 and 0xCC begin other things.
_STARTS_OF_FRAME = frozenset({*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC})
_START_OF_JPEG = b"\xff\xd8"
# Start of a codestream of JPEG 2000 and its size marker; the bits of the first component stand 38 bytes behind both.
_START_OF_J2K = b"\xff\x4f\xff\x51"
_BITS_OF_J2K_AT = 42


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """Bits of a sample, rows, columns."""

    precision: int
    rows: int
    columns: int


def breaks_off(frame: bytes, transfer_syntax_uid: str) -> bool:
    """Whether a frame lacks the end that its format marks. Decoders make up what is missing, and few say so."""
    if not _MARKED_END.fullmatch(transfer_syntax_uid):
        return False
    if frame.startswith(_FILE_SIGNATURE):
        return not _reaches_codestream(frame)
    return not frame.rstrip(_PADDING).endswith(_END_OF_IMAGE)


def jpeg_ls_header(frame: bytes) -> FrameHeader | None:
    """Precision and size as the frame's SOF55 marker tells them (ISO/IEC 14495-1 C.2.2); None without one."""
    found = _START_OF_FRAME_LS.search(frame)
    return FrameHeader(*(int.from_bytes(each) for each in found.groups())) if found else None


def precision_of(frame: bytes) -> int | None:
    """Bits of a sample as a JPEG, JPEG-LS or JPEG 2000 codestream tells them; None where it is none or tells nothing."""
    if frame.startswith(_START_OF_JPEG):
        return _precision_of_jpeg(frame)
    begins = frame.find(_START_OF_J2K) if frame.startswith((_FILE_SIGNATURE, _START_OF_J2K)) else -1
    told = frame[begins + _BITS_OF_J2K_AT : begins + _BITS_OF_J2K_AT + 1] if begins >= 0 else b""
    return (told[0] & 0x7F) + 1 if told else None


def _precision_of_jpeg(frame: bytes) -> int | None:
    at = len(_START_OF_JPEG)
    while at + 4 < len(frame) and frame[at] == 0xFF:
        if frame[at + 1] in _STARTS_OF_FRAME:
            return frame[at + 4]
        # A marker may be filled up in front.
        at += 1 if frame[at + 1] == 0xFF else 2 + int.from_bytes(frame[at + 2 : at + 4])
    return None


def _reaches_codestream(frame: bytes) -> bool:
    """Whether one box leads to the next; pydicom walks over a box without length for ever."""
    at = len(_FILE_SIGNATURE) + 4
    while frame[at + 4 : at + _BOX_HEADER_BYTES] != _CODESTREAM_BOX:
        length = int.from_bytes(frame[at : at + 4])
        if length < _BOX_HEADER_BYTES or at + length >= len(frame):
            return False
        at += length
    return True
