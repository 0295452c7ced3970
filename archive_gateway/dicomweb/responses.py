"""How bytes leave: framed, labelled, with their length known before the first of them is read.

Nothing here may be kept by a browser: a family shares one computer, and a cached slice is shown without asking who
sits there now. The viewer holds what it has drawn in memory, so a picture is fetched once a visit all the same.
The ETag serves programs, which ask again and are told 304 after the walls were passed.
"""

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

import orjson
from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.dicom.rules.frames import BITS_IN_BYTE, Span
from archive_gateway.dicom.rules.transfer_syntax import (
    DEFLATED_LITTLE_ENDIAN,
    EXPLICIT_LITTLE_ENDIAN,
    IMPLICIT_LITTLE_ENDIAN,
    frame_media_types,
    frame_syntax,
    is_native,
)
from archive_gateway.dicomweb.long_answers import LONG_ANSWERS
from archive_gateway.dicomweb.queries import FrameToDraw, StoredFrames, StoredInstance
from archive_gateway.dicomweb.rules import multipart
from archive_gateway.dicomweb.rules.accept import (
    Representation,
    accepts_json,
    choose_representation,
    names_transfer_syntax,
)
from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress
from archive_gateway.dicomweb.rules.frame_bytes import aligned_span, bits_at_offset
from archive_gateway.metadata.queries import Metadata
from archive_gateway.metadata.rules import blocks_of
from archive_gateway.rendering.renderer import FrameToDecode, Verdict, open_renderer
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.store.opening import Store, open_store
from archive_gateway.upstream.client import Upstream, UpstreamAnswer, open_upstream
from archive_gateway.upstream.rules.identity import names_all, speaks_of_another
from archive_gateway.upstream.rules.parts import Part
from foundation import logs
from foundation.errors import BadInput, RuleBroken, UpstreamDown
from foundation.web.current_settings import current_settings
from identity.authorization import current_actor

DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
PNG = "image/png"
_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
NOT_DELIVERED = "The image archive could not deliver this image."
# The identifiers of an object stand before its pixels.
_READ_OF_OBJECT_BYTES = 1 << 20
ANY_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
ANY_INSTANCE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
KEPT_NOWHERE = {"Cache-Control": "private, no-store", "Vary": "Accept, Cookie"}
_PREAMBLE_BYTES = 128
# Tag and length; explicit, a kind stands between them (PS3.5 section 7.1). Implicit pixels are words, whatever their bits.
IMPLICIT_HEADER_BYTES = 8
_PIXELS_OF_WORDS = b"\xe0\x7f\x10\x00OW\x00\x00"
_MOST_WRITTEN_ANEW_BYTES = 16 << 20
_AT_ONCE_BYTES = 4 << 20
# Two thousand slices of the usual size; an object as a whole may be longer.
MOST_BYTES_AT_ONCE = 1 << 30


def store() -> Store:
    settings = current_settings()
    return open_store(settings.image_store_url, settings.data_dir)


def upstream() -> Upstream:
    return open_upstream(current_settings().upstream_dicomweb_url)


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
    return _sent(parts, representation=representation, syntax=syntax, etag=tag)


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
    rest = Span(_PREAMBLE_BYTES, found.served_size - _PREAMBLE_BYTES)
    blocks = chain([bytes(_PREAMBLE_BYTES)], store().stream(found.served_sha256, [rest]))
    return _sent(
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
    return _sent(
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
        others = _headers_of_upstream(found, study_uid, series_uid)
        runs, length = _with_upstream(found, runs, others)
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


def frames_of_upstream(address: FrameAddress, *, accept: str) -> Response:
    """The wanted frames, which an archive behind us holds. Raises UpstreamDown, Busy."""
    found = _fetched(address.path, accept=accept, parts=len(address.numbers))
    if found.labelled.media_type in {DICOM, PNG}:
        raise UpstreamDown(NOT_DELIVERED)
    return _sent_on(found, [(part.length, found.blocks(part)) for part in found.labelled.parts])


def instance_of_upstream(address: InstanceAddress, *, accept: str) -> Response:
    """One whole object, which an archive behind us holds; it must be the one that was asked for. Raises UpstreamDown, Busy."""
    found = _fetched(address.path, accept=accept)
    (part,) = found.labelled.parts
    head = found.head(part, _READ_OF_OBJECT_BYTES)
    wanted = [address.sop_instance_uid]
    if found.labelled.transfer_syntax_uid != DEFLATED_LITTLE_ENDIAN:
        wanted += [address.study_instance_uid, address.series_instance_uid]
    if found.labelled.media_type != DICOM or head[128:132] != b"DICM" or not names_all(head, *wanted):
        raise UpstreamDown(NOT_DELIVERED)
    rest = Part(part.offset + _PREAMBLE_BYTES, part.length - _PREAMBLE_BYTES)
    return _sent_on(found, [(part.length, chain([bytes(_PREAMBLE_BYTES)], found.blocks(rest)))])


def picture_of_upstream(path: str) -> Response:
    """A frame that an archive behind us has drawn. Raises UpstreamDown, Busy."""
    found = _fetched(path, accept=PNG)
    (part,) = found.labelled.parts
    if found.labelled.media_type != PNG or found.head(part, len(_PNG_BEGINS)) != _PNG_BEGINS:
        raise UpstreamDown(NOT_DELIVERED)
    return _of_length(found.blocks(part), part.length, PNG)


def _fetched(path: str, *, accept: str, parts: int = 1) -> UpstreamAnswer:
    if not (accept.isascii() and accept.isprintable()):
        raise NotAcceptable
    return upstream().fetch(path, accept=accept.strip(), parts=parts)


def _sent_on(found: UpstreamAnswer, parts: list[tuple[int, Iterator[bytes]]]) -> Response:
    """What has come, under labels of our own."""
    return _sent(
        parts,
        representation=Representation(found.labelled.media_type, multipart=found.labelled.multipart),
        syntax=found.labelled.transfer_syntax_uid,
        etag=found.sha256[:32],
    )


def _headers_of_upstream(found: Metadata, study_uid: str, series_uid: str) -> list[dict[str, object]]:
    """The headers of the objects that our index knows to be behind us; what else comes is nobody's to see."""
    path = (
        f"/studies/{study_uid}/series/{series_uid}/metadata"
        if series_uid
        else f"/studies/{study_uid}/metadata"
    )
    come = upstream().read_json(path)
    if speaks_of_another(
        come,
        study_instance_uid=study_uid,
        series_instance_uid=series_uid,
        patient_identifier=found.patient_identifier,
    ):
        logs.event("upstream.speaks_of_another", level=logging.WARNING)
        raise UpstreamDown(NOT_DELIVERED)
    return [each for each in come if text_of(each, tags.SOP_INSTANCE_UID) in found.of_upstream]


def require_json_accepted() -> None:
    """Refuse with 406 whoever asks for another form than JSON."""
    if not accepts_json(request.headers.get("Accept", "")):
        raise NotAcceptable


def _sent(
    parts: list[tuple[int, Iterator[bytes]]],
    *,
    representation: Representation,
    syntax: str,
    etag: str,
) -> Response:
    if representation.multipart:
        boundary = secrets.token_hex(16)
        heads = [
            multipart.part_head(
                representation.media_type,
                transfer_syntax_uid=syntax,
                length=length,
                boundary=boundary,
                first=place == 0,
            )
            for place, (length, _) in enumerate(parts)
        ]
        body = _framed(heads, [blocks for _, blocks in parts], multipart.tail(boundary))
        length = multipart.whole_length(heads, [length for length, _ in parts], boundary)
        kind = multipart.content_type(representation.media_type, boundary)
    else:
        ((length, body),) = parts
        kind = f"{representation.media_type}; transfer-syntax={syntax}"
    response = _of_length(body, length, kind)
    response.set_etag(f"{etag}-{'m' if representation.multipart else 's'}")
    response.make_conditional(request)
    return response


def _of_length(body: Iterator[bytes], length: int, kind: str) -> Response:
    """An answer whose length is known; a long one counts among those that its reader is receiving.

    Raises:
        RateLimited: there are too many of these.
    """
    ended = LONG_ANSWERS.begin(current_actor().session_id) if length > _AT_ONCE_BYTES else None
    try:
        started = _started(body, length)
    except BaseException:
        if ended:
            ended()
        raise
    if ended:
        started = _told_when_ended(started, ended)
    response = Response(started, content_type=kind, headers=KEPT_NOWHERE)
    response.content_length = length
    if ended:
        # Whoever hangs up, or asks for the head alone, never comes to the end of the body.
        response.call_on_close(ended)
    return response


def _told_when_ended(body: Iterable[bytes], ended: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from body
    finally:
        ended()


def _started(body: Iterator[bytes], length: int) -> Iterator[bytes] | list[bytes]:
    """Read the beginning now, so that a store which does not answer becomes a 502 and no broken stream."""
    if length <= _AT_ONCE_BYTES:
        return [b"".join(body)]
    return chain(list(islice(body, 2)), body)


def _framed(heads: list[bytes], bodies: list[Iterator[bytes]], tail: bytes) -> Iterator[bytes]:
    for head, body in zip(heads, bodies, strict=True):
        yield head
        yield from body
    yield tail


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
    return _of_length(blocks, length, DICOM_JSON)


def _with_upstream(
    found: Metadata, runs: Iterable[Sequence[str]], others: list[dict[str, object]]
) -> tuple[Iterable[Sequence[str]], int]:
    """Headers that we hold ourselves, and after them those of the archive behind us; and their length."""
    texts = [orjson.dumps(each).decode() for each in others]
    added = sum(len(text.encode()) for text in texts)
    commas = len(texts) - (0 if found.begun else 1) if texts else 0
    return chain(runs, [texts]), found.length + added + commas
