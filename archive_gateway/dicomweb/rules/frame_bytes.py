"""What is done to native bytes on their way out: whole cells, and single bits that share a byte."""

from archive_gateway.dicom.rules.frames import BITS_IN_BYTE, Span


def aligned_span(span: Span, *, pixels_offset: int, cell_bytes: int) -> Span:
    """The whole cells around a span, so that their order can be turned; cells are counted from the first pixel."""
    begins = (span.offset - pixels_offset) // cell_bytes * cell_bytes
    ends = -(-(span.end - pixels_offset) // cell_bytes) * cell_bytes
    return Span(pixels_offset + begins, ends - begins)


def bits_at_offset(packed: bytes, *, first_bit: int, count: int) -> bytes:
    """`count` single bits of a packed run, moved to the front; the lowest bit of a byte comes first."""
    value = int.from_bytes(packed, "little") >> first_bit
    value &= (1 << count) - 1
    return value.to_bytes(-(-count // BITS_IN_BYTE), "little")
