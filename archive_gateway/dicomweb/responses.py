"""How bytes leave: framed, labelled, with their length known before the first of them is read.

Nothing here may be kept by a browser: a family shares one computer, and a cached slice is shown without asking who
sits there now. The viewer holds what it has drawn in memory, so a picture is fetched once a visit all the same.
The ETag serves programs, which ask again and are told 304 after the walls were passed.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import orjson
from flask import Response, request
from werkzeug.exceptions import NotAcceptable

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.byte_order import little_endian
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.dicom.rules.frames import BITS_IN_BYTE, Span
from archive_gateway.dicom.rules.transfer_syntax import frame_media_types, frame_syntax, is_native
from archive_gateway.dicomweb.queries import FrameToDraw, StoredFrames, StoredInstance
from archive_gateway.dicomweb.rules import multipart
from archive_gateway.dicomweb.rules.accept import Representation, accepts_json, choose_representation
from archive_gateway.dicomweb.rules.frame_bytes import aligned_span, bits_at_offset
from archive_gateway.metadata.queries import Metadata
from archive_gateway.metadata.rules import blocks_of
from archive_gateway.rendering.renderer import FrameToDecode, Verdict, open_renderer
from archive_gateway.rendering.rules.attributes import drawing_attributes
from archive_gateway.store.opening import Store, open_store
from archive_gateway.upstream.client import Upstream, open_upstream
from foundation.errors import RuleBroken
from foundation.web.current_settings import current_settings

DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
PNG = "image/png"
ANY_FRAME = 'multipart/related; type="application/octet-stream"; transfer-syntax=*'
ANY_INSTANCE = 'multipart/related; type="application/dicom"; transfer-syntax=*'
KEPT_NOWHERE = {"Cache-Control": "private, no-store", "Vary": "Accept, Cookie"}
_PREAMBLE_BYTES = 128
_AT_ONCE_BYTES = 4 << 20


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
    held = store()
    parts = [(_frame_length(found, at), _frame_blocks(held, found, at)) for at in range(len(found.numbers))]
    tag = f"{found.served_sha256[:32]}-{'.'.join(map(str, found.numbers))}"
    return _sent(parts, representation=representation, syntax=syntax, etag=tag)


def instance(found: StoredInstance, *, accept: str) -> Response:
    """One whole object, with an empty preamble: what stands there could make it a program for somebody else."""
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


def metadata(found: Metadata, *, runs: Iterable[Sequence[str]], path: str) -> Response:
    """DICOM JSON, packed as it was stored where the asker takes gzip.

    Args:
        runs: the texts of our own objects, read while they are sent.
    """
    if found.held_upstream:
        runs, length = _with_upstream(found, runs, upstream().read_json(path))
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


def json_list(members: list[dict[str, object]]) -> Response:
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


def upstream_response(path: str, *, accept: str) -> Response:
    """What the archive behind us sends, as it sends it."""
    if not (accept.isascii() and accept.isprintable()):
        raise NotAcceptable
    answer = upstream().fetch(path, accept=accept.strip())
    return Response(answer.blocks, headers={**answer.headers, **KEPT_NOWHERE}, direct_passthrough=True)


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
    response = Response(_started(body, length), content_type=kind, headers=KEPT_NOWHERE)
    response.content_length = length
    response.set_etag(f"{etag}-{'m' if representation.multipart else 's'}")
    response.make_conditional(request)
    return response


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
    response = Response(_started(blocks, length), content_type=DICOM_JSON, headers=KEPT_NOWHERE)
    response.content_length = length
    return response


def _with_upstream(
    found: Metadata, runs: Iterable[Sequence[str]], of_upstream: list[dict[str, object]]
) -> tuple[Iterable[Sequence[str]], int]:
    """Headers that we hold ourselves, and after them those of the archive behind us that we do not; and their length."""
    others = [each for each in of_upstream if text_of(each, tags.SOP_INSTANCE_UID) not in found.held]
    texts = [orjson.dumps(each).decode() for each in others]
    added = sum(len(text.encode()) for text in texts)
    commas = len(texts) - (0 if found.held else 1) if texts else 0
    return chain(runs, [texts]), found.length + added + commas
