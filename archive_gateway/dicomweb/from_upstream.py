"""What an archive behind us holds, sent on: found to be what was asked for, and under labels of our own."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import orjson
from flask import Response
from werkzeug.exceptions import NotAcceptable

from archive_gateway.dicom.rules import tags
from archive_gateway.dicom.rules.dicom_json import text_of
from archive_gateway.dicom.rules.transfer_syntax import DEFLATED_LITTLE_ENDIAN
from archive_gateway.dicomweb.rules.accept import Representation
from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress
from archive_gateway.dicomweb.sending import DICOM, PNG, PREAMBLE_BYTES, of_length, sent
from archive_gateway.metadata.queries import Metadata
from archive_gateway.upstream.client import Upstream, UpstreamAnswer, open_upstream
from archive_gateway.upstream.rules.identity import names_all, speaks_of_another
from archive_gateway.upstream.rules.parts import Part
from foundation import logs
from foundation.errors import UpstreamDown
from foundation.web.current_settings import current_settings

_PNG_BEGINS = b"\x89PNG\r\n\x1a\n"
NOT_DELIVERED = "The image archive could not deliver this image."
# The identifiers of an object stand before its pixels.
_READ_OF_OBJECT_BYTES = 1 << 20


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
    rest = Part(part.offset + PREAMBLE_BYTES, part.length - PREAMBLE_BYTES)
    return _sent_on(found, [(part.length, chain([bytes(PREAMBLE_BYTES)], found.blocks(rest)))])


def picture_of_upstream(path: str) -> Response:
    """A frame that an archive behind us has drawn. Raises UpstreamDown, Busy."""
    found = _fetched(path, accept=PNG)
    (part,) = found.labelled.parts
    if found.labelled.media_type != PNG or found.head(part, len(_PNG_BEGINS)) != _PNG_BEGINS:
        raise UpstreamDown(NOT_DELIVERED)
    return of_length(found.blocks(part), part.length, PNG)


def _fetched(path: str, *, accept: str, parts: int = 1) -> UpstreamAnswer:
    if not (accept.isascii() and accept.isprintable()):
        raise NotAcceptable
    return _upstream().fetch(path, accept=accept.strip(), parts=parts)


def _sent_on(found: UpstreamAnswer, parts: list[tuple[int, Iterator[bytes]]]) -> Response:
    """What has come, under labels of our own."""
    return sent(
        parts,
        representation=Representation(found.labelled.media_type, multipart=found.labelled.multipart),
        syntax=found.labelled.transfer_syntax_uid,
        etag=found.sha256[:32],
    )


def headers_of_upstream(found: Metadata, study_uid: str, series_uid: str) -> list[dict[str, object]]:
    """The headers of the objects that our index knows to be behind us; what else comes is nobody's to see."""
    path = (
        f"/studies/{study_uid}/series/{series_uid}/metadata"
        if series_uid
        else f"/studies/{study_uid}/metadata"
    )
    come = _upstream().read_json(path)
    if speaks_of_another(
        come,
        study_instance_uid=study_uid,
        series_instance_uid=series_uid,
        patient_identifier=found.patient_identifier,
    ):
        logs.event("upstream.speaks_of_another", level=logging.WARNING)
        raise UpstreamDown(NOT_DELIVERED)
    return [each for each in come if text_of(each, tags.SOP_INSTANCE_UID) in found.of_upstream]


def with_upstream(
    found: Metadata, runs: Iterable[Sequence[str]], others: list[dict[str, object]]
) -> tuple[Iterable[Sequence[str]], int]:
    """Headers that we hold ourselves, and after them those of the archive behind us; and their length."""
    texts = [orjson.dumps(each).decode() for each in others]
    added = sum(len(text.encode()) for text in texts)
    commas = len(texts) - (0 if found.begun else 1) if texts else 0
    return chain(runs, [texts]), found.length + added + commas


def _upstream() -> Upstream:
    return open_upstream(current_settings().upstream_dicomweb_url)
