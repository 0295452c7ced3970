"""What stands in a PDF of ours, read with the standard library alone, as somebody without our code would."""

import hashlib
import json
import re
import zlib


def attached_lines(pdf: bytes) -> list[str]:
    """The lines of the file within it."""
    (found,) = [
        text for text in _streams(pdf) if text.startswith(b'{"act"')
    ]  # canonical JSON has its names in their order
    return found.decode().splitlines()


def seals_that_chain(lines: list[str]) -> list[str]:
    """The SHA-256 of each line.

    Raises:
        AssertionError: one does not name the one before.
    """
    seals = [hashlib.sha256(line.encode()).hexdigest() for line in lines]
    assert [json.loads(line)["previous_sha256"] for line in lines] == ["", *seals[:-1]]
    return seals


def _streams(pdf: bytes) -> list[bytes]:
    inflated = []
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            # Told to stop at its own end: what stands between that and the word may be one byte or two.
            inflated.append(zlib.decompressobj().decompress(raw))
        except zlib.error:
            inflated.append(raw)
    return inflated
