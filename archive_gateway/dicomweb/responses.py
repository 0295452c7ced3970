"""Which bytes leave: frames, objects, headers and pictures, each in a form that its asker takes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

import orjson
from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.frames import BITS_IN_BYTE, Span
from archive_gateway.dicom.rules.transfer_syntax import (
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    frame_media_types,
    frame_syntax,
    is_native,
)
from archive_gateway.dicomweb.from_upstream import headers_of_upstream, with_upstream
from archive_gateway.dicomweb.queries import FrameToDraw, StoredFrames, StoredInstance
from archive_gateway.dicomweb.rules.accept import (
    accepts_json,
    choose_representation,
    names_transfer_syntax,
)
from archive_gateway.dicomweb.rules.frame_bytes import aligned_span, bits_at_offset
from archive_gateway.dicomweb.sending import (
    DICOM,
    DICOM_JSON,
    KEPT_NOWHERE,
    PNG,
    PREAMBLE_BYTES,
    of_length,
    sent,
)
from archive_gateway.metadata.queries import Metadata
from archive_gateway.metadata.rules import blocks_of
from archive_gateway.rendering.renderer import FrameToDecode, Verdict, open_renderer
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.store.opening import Store, open_store
from foundation.errors import BadInput, RuleBroken
from foundation.web.current_settings import current_settings

ANY_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
ANY_INSTANCE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
# Tag and length; explicit, a kind stands between them (PS3.5 section 7.1). Implicit pixels are words, whatever their bits.
IMPLICIT_HEADER_BYTES = 8
_PIXELS_OF_WORDS = b"\xe0\x7f\x10\x00OW\x00\x00"
_MOST_WRITTEN_ANEW_BYTES = 16 << 20
# Two thousand slices of the usual size; an object as a whole may be longer.
MOST_BYTES_AT_ONCE = 1 << 30


def store() -> Store:
    settings = current_settings()
    return open_store(settings.image_store_url, settings.data_dir)


def frames(found: StoredFrames, *, accept: str) -> Response:
    """The wanted frames, each a part of its own."""
    syntax = frame_syntax(found.served_transfer_syntax_uid)
    representation = choose_representation(
        accept,
        media_types=frame_media_types(found.served_transfer_syntax_uid),
        transfer_syntax_uid=syntax,
        single=len(found.numbers) == 1,
    )
    if representation is None:
        raise NotAcceptable
    if len(found.numbers) > 1 and _length_of(found) > MOST_BYTES_AT_ONCE:
        raise BadInput("So much is not sent at once. Ask for fewer frames.")
    held = store()
    parts = [(_frame_length(found, at), _frame_blocks(held, found, at)) for at in range(len(found.numbers))]
    tag = f"{found.served_sha256[:32]}-{'.'.join(map(str, found.numbers))}"
    return sent(parts, representation=representation, syntax=syntax, etag=tag)


def instance(found: StoredInstance, *, accept: str) -> Response:
    """One whole object, with an empty preamble: what stands there could make it a program for somebody else."""
    implicit = found.served_transfer_syntax_uid == IMPLICIT_LITTLE_ENDIAN
    if implicit and not names_transfer_syntax(accept) and (explicit := _explicit_instance(found, accept)):
        return explicit
    representation = choose_representation(
        accept, media_types=(DICOM,), transfer_syntax_uid=found.served_transfer_syntax_uid, single=True
    )
    if representation is None:
        raise NotAcceptable
    rest = Span(PREAMBLE_BYTES, found.served_size - PREAMBLE_BYTES)
    blocks = chain([bytes(PREAMBLE_BYTES)], store().stream(found.served_sha256, [rest]))
    return sent(
        [(found.served_size, blocks)],
        representation=representation,
        syntax=found.served_transfer_syntax_uid,
        etag=found.served_sha256[:32],
    )


def _explicit_instance(found: StoredInstance, accept: str) -> Response | None:
    """An implicit object in the encoding that everybody is promised; None where it is too long or odd to be written anew."""
    representation = choose_representation(
        accept, media_types=(DICOM,), transfer_syntax_uid=EXPLICIT_LITTLE_ENDIAN, single=True
    )
    if representation is None:
        raise NotAcceptable
    held, pixels = store(), Span(found.served_size, 0)
    before = Span(0, found.served_size)
    if found.pixels_offset is not None:
        element = Span(found.pixels_offset - IMPLICIT_HEADER_BYTES, IMPLICIT_HEADER_BYTES)
        length = int.from_bytes(held.read(found.served_sha256, [element])[4:], "little")
        before, pixels = Span(0, element.offset), Span(found.pixels_offset, length)
    after = Span(pixels.end, found.served_size - pixels.end)
    if before.length + after.length > _MOST_WRITTEN_ANEW_BYTES:
        return None
    written = open_renderer().explicit(held.read(found.served_sha256, [before, after]), before=before.length)
    if written is None:
        return None
    begun, ended = written
    if pixels.length:
        begun += _PIXELS_OF_WORDS + pixels.length.to_bytes(4, "little")
    blocks = chain([begun], held.stream(found.served_sha256, [pixels]), [ended])
    return sent(
        [(len(begun) + pixels.length + len(ended), blocks)],
        representation=representation,
        syntax=EXPLICIT_LITTLE_ENDIAN,
        etag=f"{found.served_sha256[:32]}-explicit",
    )


def metadata(found: Metadata, *, runs: Iterable[Sequence[str]], study_uid: str, series_uid: str) -> Response:
    """DICOM JSON, packed as it was stored where the asker takes gzip.

    Args:
        runs: the texts of our own objects, read while they are sent.
        series_uid: "" for all series of the study.

    Raises:
        UpstreamDown: the archive behind us, which holds others of them, does not answer or speaks of something else.
    """
    if found.of_upstream:
        others = headers_of_upstream(found, study_uid, series_uid)
        runs, length = with_upstream(found, runs, others)
        return _json(blocks_of(runs), length)
    if not found.packed:
        response = _json(blocks_of(runs), found.length)
    elif request.accept_encodings["gzip"]:
        response = Response(found.packed, content_type=DICOM_JSON, headers=KEPT_NOWHERE)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = _json(found.unpacked(), found.length)
    response.headers["Vary"] = "Accept, Accept-Encoding, Cookie"
    if found.etag:
        response.set_etag(found.etag, weak=True)
    response.make_conditional(request)
    return response


def json_list(members: Sequence[Mapping[str, object]]) -> Response:
    return Response(orjson.dumps(members), content_type=DICOM_JSON, headers=KEPT_NOWHERE)


def picture(found: FrameToDraw) -> Response:
    """One frame as a browser shows it by itself. DICOM PS3.18 section 8.7.4.

    Raises:
        RuleBroken: it cannot be decoded.
        NotAcceptable: pixels of this kind are not drawn here.
    """
    if request.accept_mimetypes.best_match([PNG]) is None and request.accept_mimetypes:
        raise NotAcceptable
    frames, (number,) = found.frames, found.frames.numbers
    verdict, png = open_renderer().picture(
        FrameToDecode(
            drawing_attributes(orjson.loads(found.dicom_json), frame_number=number),
            frames.served_transfer_syntax_uid,
            b"".join(_frame_blocks(store(), frames, 0)),
        )
    )
    if verdict is Verdict.BROKEN:
        raise RuleBroken("This image cannot be decoded.")
    if verdict is Verdict.NOT_DRAWN:
        raise NotAcceptable
    return Response(png, content_type=PNG, headers=KEPT_NOWHERE)


def require_json_accepted() -> None:
    """Refuse with 406 whoever asks for another form than JSON."""
    if not accepts_json(request.headers.get("Accept", "")):
        raise NotAcceptable


def _length_of(found: StoredFrames) -> int:
    return sum(_frame_length(found, at) for at in range(len(found.numbers)))


def _frame_length(found: StoredFrames, at: int) -> int:
    if _bits_are_shared(found):
        return -(-found.bits_in_frame // BITS_IN_BYTE)
    return sum(span.length for span in found.spans[at])


def _frame_blocks(held: Store, found: StoredFrames, at: int) -> Iterator[bytes]:
    """One frame; native cells are put into the order and alignment that the label promises."""
    spans = found.spans[at]
    if _bits_are_shared(found):
        first_bit = (found.numbers[at] - 1) * found.bits_in_frame % BITS_IN_BYTE
        packed = _little_endian_cells(held, found, spans[0])
        yield bits_at_offset(packed, first_bit=first_bit, count=found.bits_in_frame)
    elif found.cell_bytes > 1:
        yield _little_endian_cells(held, found, spans[0])
    else:
        yield from held.stream(found.served_sha256, spans)


def _little_endian_cells(held: Store, found: StoredFrames, span: Span) -> bytes:
    around = aligned_span(span, pixels_offset=found.pixels_offset, cell_bytes=found.cell_bytes)
    cells = little_endian(held.read(found.served_sha256, [around]), cell_bytes=found.cell_bytes)
    begins = span.offset - around.offset
    return cells[begins : begins + span.length]


def _bits_are_shared(found: StoredFrames) -> bool:
    """Whether frames of single bits begin or end inside a byte."""
    return (
        found.bits_allocated == 1
        and found.bits_in_frame % BITS_IN_BYTE != 0
        and is_native(found.served_transfer_syntax_uid)
    )


def _json(blocks: Iterator[bytes], length: int) -> Response:
    return of_length(blocks, length, DICOM_JSON)
