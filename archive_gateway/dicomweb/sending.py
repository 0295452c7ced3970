"""The frame around what leaves: labelled, with its length known before the first of it is read.

Nothing here may be kept by a browser: a family shares one computer, and a cached slice is shown without asking who
sits there now. The viewer holds what it has drawn in memory, so a picture is fetched once a visit all the same.
The ETag serves programs, which ask again and are told 304 after the walls were passed.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from archive_gateway.dicomweb.long_answers import LONG_ANSWERS
from archive_gateway.dicomweb.rules import multipart
from archive_gateway.dicomweb.rules.accept import Representation
from identity.authorization import current_actor

DICOM = "application/dicom"
DICOM_JSON = "application/dicom+json"
PNG = "image/png"
KEPT_NOWHERE = {"Cache-Control": "private, no-store", "Vary": "Accept, Cookie"}
PREAMBLE_BYTES = 128
AT_ONCE_BYTES = 4 << 20


def sent(
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
    response = of_length(body, length, kind)
    response.set_etag(f"{etag}-{'m' if representation.multipart else 's'}")
    try:
        # A part of what stands in a frame of its own making would be a part of nothing.
        response.make_conditional(request, accept_ranges=not representation.multipart, complete_length=length)
    except RequestedRangeNotSatisfiable:
        response.close()
        raise
    return response


def of_length(body: Iterator[bytes], length: int, kind: str) -> Response:
    """An answer whose length is known; a long one counts among those that its reader is receiving.

    Raises:
        RateLimited: there are too many of these.
    """
    ended = LONG_ANSWERS.begin(current_actor().session_id) if length > AT_ONCE_BYTES else None
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
    if length <= AT_ONCE_BYTES:
        return [b"".join(body)]
    return chain(list(islice(body, 2)), body)


def _framed(heads: list[bytes], bodies: list[Iterator[bytes]], tail: bytes) -> Iterator[bytes]:
    for head, body in zip(heads, bodies, strict=True):
        yield head
        yield from body
    yield tail
