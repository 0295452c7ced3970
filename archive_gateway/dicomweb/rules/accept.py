"""Which of the answers we have does the asker take? DICOM PS3.18 section 8.7.5, RFC 9110 section 12.5.1."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

MULTIPART = "multipart/related"
# No two alternatives match the same text and nothing is tried twice (++): a hostile header costs no more than a good one.
_ALTERNATIVE = re.compile(r'(?:[^",]++|"(?:[^"\\]++|\\.)*+"?+)++')
_PARAMETER = re.compile(r'\s*+;\s*+([A-Za-z0-9_.-]++)\s*+=\s*+("(?:[^"\\]++|\\.)*+"|[^;,\s"]++)')
_RANGE = re.compile(r'([^\s;,/"]++/[^\s;,"]++)((?:' + _PARAMETER.pattern + r")*+)")
# Longer than any browser's; what comes after is not read.
_LONGEST_HEADER = 4000


@dataclass(frozen=True)
class MediaRange:
    """One alternative of an Accept header."""

    media_type: str
    parameters: dict[str, str] = field(default_factory=dict)
    quality: float = 1.0


@dataclass(frozen=True)
class Representation:
    """What is sent: the type of each part, and whether parts are framed as multipart/related."""

    media_type: str
    multipart: bool


def media_ranges(header: str) -> list[MediaRange]:
    """The alternatives of an Accept header, the most wanted first; what cannot be read is left out."""
    found = []
    for written in _ALTERNATIVE.findall(header[:_LONGEST_HEADER]):
        match = _RANGE.fullmatch(written.strip())
        if match is None:
            continue
        parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(match.group(2))}
        found.append(MediaRange(match.group(1).lower(), parameters, _quality(parameters.pop("q", "1"))))
    return sorted((one for one in found if one.quality > 0), key=lambda one: -one.quality)


def choose_representation(
    header: str, *, media_types: Sequence[str], transfer_syntax_uid: str, single: bool
) -> Representation | None:
    """The first alternative that what is stored can satisfy without being changed; None means 406.

    Args:
        media_types: the types under which a part may be sent, the default first.
        transfer_syntax_uid: of the bytes that would be sent.
        single: whether there is just one part, so that it may go without a frame around it.
    """
    for wanted in media_ranges(header or "*/*"):
        syntax = wanted.parameters.get("transfer-syntax", "*")
        if syntax not in {"*", transfer_syntax_uid}:
            continue
        if wanted.media_type in {MULTIPART, "multipart/*", "*/*"}:
            part = wanted.parameters.get("type", "*/*").lower()
            chosen = _matching(part, media_types)
            if chosen:
                return Representation(chosen, multipart=True)
        elif single:
            chosen = _matching(wanted.media_type, media_types)
            if chosen:
                return Representation(chosen, multipart=False)
    return None


def names_transfer_syntax(header: str) -> bool:
    """Whether the asker says how pixels should be encoded, be it any way at all."""
    return any("transfer-syntax" in wanted.parameters for wanted in media_ranges(header))


def accepts_json(header: str) -> bool:
    """Whether DICOM JSON would be welcome."""
    welcome = {"application/dicom+json", "application/json", "application/*", "*/*"}
    return any(one.media_type in welcome for one in media_ranges(header or "*/*"))


def _matching(wanted: str, media_types: Sequence[str]) -> str | None:
    if wanted == "*/*":
        return media_types[0]
    if wanted.endswith("/*"):
        kind = wanted.removesuffix("*")
        return next((one for one in media_types if one.startswith(kind)), None)
    return wanted if wanted in media_types else None


def _quality(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
