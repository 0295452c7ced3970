"""The parts of an answer, found in its bytes. RFC 2046 section 5.1, DICOM PS3.18 section 8.6.1.2 and 8.7.3.

Nothing of how an archive labels its parts goes on to anybody: what is known is read, and said anew.
"""

import mmap
import re
from dataclasses import dataclass

from archive_gateway.dicom.rules.transfer_syntax import ANY_BYTES, EXPLICIT_LITTLE_ENDIAN, RLE
from archive_gateway.dicom.rules.uids import is_uid

DICOM, PNG = "application/dicom", "image/png"
_MULTIPART = "multipart/related"
_JPEG = "1.2.840.10008.1.2.4."
# What a part is encoded in that does not say so.
_USUAL = {
    ANY_BYTES: EXPLICIT_LITTLE_ENDIAN,
    DICOM: EXPLICIT_LITTLE_ENDIAN,
    PNG: EXPLICIT_LITTLE_ENDIAN,
    "image/jpeg": _JPEG + "70",
    "image/jls": _JPEG + "80",
    "image/jp2": _JPEG + "90",
    "image/jpx": _JPEG + "92",
    "image/jphc": _JPEG + "201",
    "image/dicom-rle": RLE,
}
_PARAMETER = re.compile(r';\s*([A-Za-z-]+)\s*=\s*(?:"([^"]*)"|([^;\s"]+))')
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=? ]{1,70}")
_LONGEST_HEAD = 4096

Bytes = bytes | mmap.mmap


class NoParts(ValueError):
    """The answer is not what its label says, or its label is none that we know."""


@dataclass(frozen=True)
class Part:
    """Where the bytes of a part lie in the answer."""

    offset: int
    length: int


@dataclass(frozen=True)
class Labelled:
    """The parts of an answer: all of one type, in one transfer syntax."""

    media_type: str
    transfer_syntax_uid: str
    multipart: bool
    parts: tuple[Part, ...]


def parts_of(content_type: str, body: Bytes) -> Labelled:
    """What an answer holds.

    Raises:
        NoParts: it is no picture and no object, or cannot be divided.
    """
    media_type, parameters = _read_type(content_type)
    if media_type != _MULTIPART:
        return Labelled(
            media_type, _syntax_of(media_type, parameters), multipart=False, parts=(Part(0, len(body)),)
        )
    boundary = parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise NoParts
    found, labels = _divided(body, b"--" + boundary.encode("ascii"))
    if not found or len(labels) != 1:
        raise NoParts
    ((inner, syntax),) = labels
    return Labelled(inner, syntax, multipart=True, parts=tuple(found))


def _divided(body: Bytes, delimiter: bytes) -> tuple[list[Part], set[tuple[str, str]]]:
    """Each part, and how the parts are labelled."""
    found, labels = [], set()
    at = 0 if body[: len(delimiter)] == delimiter else body.find(b"\r\n" + delimiter) + 2
    if at == 1:
        raise NoParts
    while body[at + len(delimiter) : at + len(delimiter) + 2] == b"\r\n":
        begins = at + len(delimiter)
        head_ends = body.find(b"\r\n\r\n", begins, begins + _LONGEST_HEAD)
        ends = body.find(b"\r\n" + delimiter, head_ends + 2)
        if head_ends < 0 or ends < 0:
            raise NoParts
        labels.add(_label(body[begins:head_ends]))
        found.append(Part(head_ends + 4, max(0, ends - head_ends - 4)))
        at = ends + 2
    if body[at + len(delimiter) : at + len(delimiter) + 2] != b"--":
        raise NoParts
    return found, labels


def _label(head: bytes) -> tuple[str, str]:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            media_type, parameters = _read_type(value)
            return media_type, _syntax_of(media_type, parameters)
    raise NoParts


def _read_type(text: str) -> tuple[str, dict[str, str]]:
    media_type = text.partition(";")[0].strip().lower()
    parameters = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(text)}
    return media_type, parameters


def _syntax_of(media_type: str, parameters: dict[str, str]) -> str:
    if media_type not in _USUAL:
        raise NoParts
    syntax = parameters.get("transfer-syntax", _USUAL[media_type])
    if not is_uid(syntax):
        raise NoParts
    return syntax
