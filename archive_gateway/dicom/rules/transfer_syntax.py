"""How pixels are encoded, and what a browser is told about it. DICOM PS3.5 annex A, PS3.18 section 8.7.3."""

IMPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2"
EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1"
DEFLATED_LITTLE_ENDIAN = "1.2.840.10008.1.2.1.99"
EXPLICIT_BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"

NATIVE = frozenset(
    {IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, DEFLATED_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN}
)

ANY_BYTES = "application/octet-stream"

_JPEG = "1.2.840.10008.1.2.4."
_IMAGE_TYPES = {
    **dict.fromkeys((_JPEG + n for n in ("50", "51", "53", "55", "57", "70")), "image/jpeg"),
    **dict.fromkeys((_JPEG + n for n in ("80", "81")), "image/jls"),
    **dict.fromkeys((_JPEG + n for n in ("90", "91")), "image/jp2"),
    **dict.fromkeys((_JPEG + n for n in ("92", "93")), "image/jpx"),
    **dict.fromkeys((_JPEG + n for n in ("201", "202", "203")), "image/jphc"),
    RLE: "image/dicom-rle",
}


def is_native(transfer_syntax_uid: str) -> bool:
    """Whether the pixels lie there cell by cell, uncompressed."""
    return transfer_syntax_uid in NATIVE


def is_jpeg_family(transfer_syntax_uid: str) -> bool:
    """Whether each frame ends with the JPEG end-of-image marker (JPEG, JPEG-LS, JPEG 2000)."""
    return transfer_syntax_uid.startswith(_JPEG)


def frame_syntax(transfer_syntax_uid: str) -> str:
    """The syntax a frame is sent in: native pixels always leave in little endian order."""
    return EXPLICIT_LITTLE_ENDIAN if is_native(transfer_syntax_uid) else transfer_syntax_uid


def frame_media_types(transfer_syntax_uid: str) -> tuple[str, ...]:
    """The media types under which such a frame may be sent, the plain one first."""
    image_type = _IMAGE_TYPES.get(transfer_syntax_uid)
    return (ANY_BYTES, image_type) if image_type else (ANY_BYTES,)
