"""Two objects under one number are laid side by side: their headers as text, their frames as bytes or decoded.

It takes as long as decoding both does, so it is done between transactions.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.dicom.rules.frames import Span, frames_of
from archive_gateway.dicom.rules.transfer_syntax import is_native
from archive_gateway.ingestion.received import ParsedInstance
from archive_gateway.ingestion.rules import Likeness, PixelLikeness, differing_attributes, likeness_of
from archive_gateway.rendering.renderer import FrameToDecode, Renderer, Verdict
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.store.opening import Store
from archive_gateway.studies.tables.instances import Instance

# What takes longer is not the same for all that anybody knows: it is kept apart.
COMPARED_WITHIN_S = 120.0
_SAMPLES_PER_PIXEL, _PHOTOMETRIC_INTERPRETATION, _PLANAR_CONFIGURATION = "00280002", "00280004", "00280006"


@dataclass(frozen=True)
class StoredObject:
    """What of a stored object is compared. `left_out_digest` is None where nobody has looked."""

    content_sha256: str
    served_sha256: str
    transfer_syntax_uid: str
    cell_bytes: int
    frames: Sequence[Sequence[Span]]
    header: Mapping[str, Any]
    left_out_digest: str | None


@dataclass(frozen=True)
class Comparison:
    """What an object is to the one whose content is named: true until another takes its place."""

    with_sha256: str
    likeness: Likeness


class ComparisonNeeded(Exception):
    """The number of an object belongs to a stored one with other bytes, and nobody has compared them yet."""

    def __init__(self, stored: StoredObject) -> None:
        super().__init__()
        self.stored = stored


def stored_object(row: Instance) -> StoredObject:
    return StoredObject(
        content_sha256=row.content_sha256 or "",
        served_sha256=row.served_sha256 or "",
        transfer_syntax_uid=row.served_transfer_syntax_uid,
        cell_bytes=row.cell_bytes,
        frames=frames_of(row.span_offsets, row.span_lengths, row.spans_in_frame),
        header=orjson.loads(row.dicom_json or "{}"),
        left_out_digest=row.left_out_digest,
    )


def compare(
    stored: StoredObject, received: ParsedInstance, *, store: Store, renderer: Renderer
) -> Comparison:
    """What an object is to the one that is stored under its number. Raises UpstreamDown: the store does not answer."""
    about, header = received.description, orjson.loads(received.metadata)
    with received.served.path.open("rb") as file:
        old = _Side(
            stored.header,
            stored.transfer_syntax_uid,
            stored.cell_bytes,
            stored.frames,
            read=lambda spans: store.read(stored.served_sha256, spans),
        )
        new = _Side(
            header,
            about.served_transfer_syntax_uid,
            about.cell_bytes,
            frames_of(about.span_offsets, about.span_lengths, about.spans_in_frame),
            read=lambda spans: b"".join(_read(file, span) for span in spans),
        )
        likeness = likeness_of(
            differing_attributes(stored.header, header),
            rest_is_same=stored.left_out_digest == about.left_out_digest,
            pixels=lambda: _pixel_likeness(old, new, renderer),
        )
    return Comparison(stored.content_sha256, likeness)


@dataclass(frozen=True)
class _Side:
    """One of the two: where its frames lie, and how they are read and decoded."""

    header: Mapping[str, Any]
    transfer_syntax_uid: str
    cell_bytes: int
    frames: Sequence[Sequence[Span]]
    read: Callable[[Sequence[Span]], bytes]

    @property
    def layout(self) -> tuple[object, ...]:
        """Frames of one layout hold the same values where their bytes are the same."""
        native = is_native(self.transfer_syntax_uid)
        described = (_SAMPLES_PER_PIXEL, _PHOTOMETRIC_INTERPRETATION, _PLANAR_CONFIGURATION)
        values = [text_of(self.header, tag) for tag in described]
        return ("native" if native else self.transfer_syntax_uid, *values)

    def frame(self, number: int) -> bytes:
        """The bytes of a frame as they are sent, without what fills them up."""
        cells = self.read(self.frames[number - 1])
        if is_native(self.transfer_syntax_uid):
            return little_endian(cells, cell_bytes=self.cell_bytes)
        return cells.rstrip(b"\0")

    def digest(self, renderer: Renderer, number: int, frame: bytes) -> tuple[Verdict, bytes]:
        attributes = drawing_attributes(self.header, frame_number=number)
        return renderer.digest(FrameToDecode(attributes, self.transfer_syntax_uid, frame))


def _pixel_likeness(old: _Side, new: _Side, renderer: Renderer) -> PixelLikeness:
    if len(old.frames) != len(new.frames):
        return PixelLikeness.OTHER
    until = time.monotonic() + COMPARED_WITHIN_S
    found = {PixelLikeness.SAME} if old.frames else {PixelLikeness.NONE}
    for number in range(1, len(old.frames) + 1):
        if time.monotonic() > until:
            return PixelLikeness.OTHER
        found.add(_frame_likeness(old, new, number, renderer))
        if PixelLikeness.OTHER in found:
            return PixelLikeness.OTHER
    found.discard(PixelLikeness.SAME)
    if not found:
        return PixelLikeness.SAME
    # Each of the two has a frame that the other lacks: neither is the better one.
    return found.pop() if len(found) == 1 else PixelLikeness.OTHER


def _frame_likeness(old: _Side, new: _Side, number: int, renderer: Renderer) -> PixelLikeness:
    one, other = old.frame(number), new.frame(number)
    if one == other and old.layout == new.layout:
        return PixelLikeness.SAME
    (of_old, values), (of_new, new_values) = (
        old.digest(renderer, number, one),
        new.digest(renderer, number, other),
    )
    match of_old, of_new:
        case Verdict.GOOD, Verdict.GOOD:
            return PixelLikeness.SAME if values == new_values else PixelLikeness.OTHER
        case Verdict.BROKEN, Verdict.GOOD:
            return PixelLikeness.STORED_BROKEN
        case Verdict.GOOD, Verdict.BROKEN:
            return PixelLikeness.NEW_BROKEN
    return PixelLikeness.OTHER


def _read(file: BinaryIO, span: Span) -> bytes:
    file.seek(span.offset)
    return file.read(span.length)
