"""The frame around the parts of one answer: multipart/related. RFC 2387, DICOM PS3.18 section 8.6.1.2."""

from collections.abc import Sequence

LINE = b"\r\n"


def content_type(part_type: str, boundary: str) -> str:
    """The type of the whole answer."""
    return f'multipart/related; type="{part_type}"; boundary={boundary}'


def part_head(part_type: str, *, transfer_syntax_uid: str, length: int, boundary: str, first: bool) -> bytes:
    """What stands before the bytes of one part."""
    lines = (
        f"--{boundary}",
        f"Content-Type: {part_type}; transfer-syntax={transfer_syntax_uid}",
        f"Content-Length: {length}",
    )
    return (b"" if first else LINE) + LINE.join(line.encode("ascii") for line in lines) + LINE + LINE


def tail(boundary: str) -> bytes:
    """What stands after the last part."""
    return LINE + f"--{boundary}--".encode("ascii") + LINE


def whole_length(heads: Sequence[bytes], lengths: Sequence[int], boundary: str) -> int:
    """Bytes of the whole answer, known before the first is sent."""
    return sum(map(len, heads)) + sum(lengths) + len(tail(boundary))
