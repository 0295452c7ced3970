"""Where the bytes are that somebody may see: one row, found through the person who asks."""

from dataclasses import dataclass

from sqlalchemy import Row, Select, func, select

from archive_gateway.dicom.rules.frames import Span
from archive_gateway.dicom.rules.uids import require_uids
from archive_gateway.dicomweb.rules.frame_address import FrameAddress, InstanceAddress
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access
from identity.access.enumerations import Thing

ABSENT = "There is no such image."


@dataclass(frozen=True, slots=True)
class StoredInstance:
    """A whole object. `content_sha256` is None where only an archive behind us holds it."""

    content_sha256: str | None
    served_sha256: str
    served_size: int
    served_transfer_syntax_uid: str
    pixels_offset: int | None


@dataclass(frozen=True, slots=True)
class StoredFrames:
    """The wanted frames of one object: the spans of each, and what must be done to native cells."""

    content_sha256: str | None
    served_sha256: str
    served_transfer_syntax_uid: str
    numbers: tuple[int, ...]
    spans: tuple[tuple[Span, ...], ...]
    cell_bytes: int
    pixels_offset: int
    bits_allocated: int
    bits_in_frame: int


@dataclass(frozen=True, slots=True)
class FrameToDraw:
    """One frame, and the header of its object as DICOM JSON; empty where only an archive behind us holds it."""

    frames: StoredFrames
    dicom_json: str


def instance_to_send(session: ActorSession, address: InstanceAddress) -> StoredInstance:
    """One object. Raises NotFound: absent, or not the reader's."""
    row = _row(
        session,
        select(
            Instance.content_sha256,
            Instance.served_sha256,
            Instance.served_size,
            Instance.served_transfer_syntax_uid,
            Instance.pixels_offset,
        ),
        address,
    )
    return StoredInstance(*row)


def frames_to_send(session: ActorSession, address: FrameAddress) -> StoredFrames:
    """The wanted frames of one object. Raises NotFound: absent, not the reader's, or beyond the last frame."""
    return _stored_frames(_row(session, select(*_OF_FRAMES), address.instance), address.numbers)


def frame_to_draw(session: ActorSession, address: FrameAddress) -> FrameToDraw:
    """The first of the wanted frames of one object. Raises NotFound, as `frames_to_send` does."""
    row = _row(session, select(*_OF_FRAMES, Instance.dicom_json), address.instance)
    return FrameToDraw(_stored_frames(row, address.numbers[:1]), row.dicom_json or "")


def picture_to_draw(session: ActorSession, study_instance_uid: str, *, number: int) -> FrameToDraw:
    """A picture of a study by its place, counted from 1: series by series, as the viewer lists them.

    Raises:
        NotFound: no such study, not the reader's, or beyond its last picture.
    """
    require_uids(study_instance_uid)
    ends = func.sum(Instance.frame_count).over(
        order_by=(
            Series.number.nulls_last(),
            Series.series_instance_uid,
            Instance.number.nulls_last(),
            Instance.sop_instance_uid,
        )
    )
    placed = (
        select(Instance.id, Instance.frame_count, ends.label("ends"))
        .join(Series, Series.id == Instance.series_id)
        .where(Instance.study_instance_uid == study_instance_uid)
        .where(Instance.frame_count > 0, Instance.content_sha256.is_not(None))
        .where(access.readable_by(session, Thing.IMAGES, Instance.patient_id))
        .subquery()
    )
    row = session.execute(
        select(*_OF_FRAMES, Instance.dicom_json, placed.c.ends)
        .join(placed, placed.c.id == Instance.id)
        .where(placed.c.ends >= number)
        .where(access.readable_by(session, Thing.IMAGES, Instance.patient_id))
        .order_by(placed.c.ends)
        .limit(1)
    ).one_or_none()
    if row is None:
        raise NotFound(ABSENT)
    frame = number - (int(row.ends) - row.frame_count)
    return FrameToDraw(_stored_frames(row, (frame,)), row.dicom_json or "")


_OF_FRAMES = (
    Instance.content_sha256,
    Instance.served_sha256,
    Instance.served_transfer_syntax_uid,
    Instance.frame_count,
    Instance.span_offsets,
    Instance.span_lengths,
    Instance.spans_in_frame,
    Instance.cell_bytes,
    Instance.pixels_offset,
    Instance.bits_allocated,
    Instance.bits_in_frame,
)


def _stored_frames(row: Row, numbers: tuple[int, ...]) -> StoredFrames:  # type: ignore[type-arg]
    held = row.content_sha256 is not None
    if held and max(numbers) > row.frame_count:
        raise NotFound(ABSENT)
    return StoredFrames(
        content_sha256=row.content_sha256,
        served_sha256=row.served_sha256 or "",
        served_transfer_syntax_uid=row.served_transfer_syntax_uid,
        numbers=numbers,
        spans=_spans(row, numbers) if held else (),
        cell_bytes=row.cell_bytes,
        pixels_offset=row.pixels_offset or 0,
        bits_allocated=row.bits_allocated or 0,
        bits_in_frame=row.bits_in_frame or 0,
    )


def _row(session: ActorSession, asked: Select, address: InstanceAddress) -> Row:  # type: ignore[type-arg]
    row = session.execute(
        asked.where(Instance.sop_instance_uid == address.sop_instance_uid)
        .where(Instance.series_instance_uid == address.series_instance_uid)
        .where(Instance.study_instance_uid == address.study_instance_uid)
        .where(access.readable_by(session, Thing.IMAGES, Instance.patient_id))
    ).one_or_none()
    if row is None:
        raise NotFound(ABSENT)
    return row


def _spans(row: Row, numbers: tuple[int, ...]) -> tuple[tuple[Span, ...], ...]:  # type: ignore[type-arg]
    """The spans of each wanted frame; where every frame is one span its number is its place."""
    if not row.spans_in_frame:
        return tuple((Span(row.span_offsets[n - 1], row.span_lengths[n - 1]),) for n in numbers)
    ends, total = [], 0
    for count in row.spans_in_frame:
        total += count
        ends.append(total)
    return tuple(
        tuple(
            Span(row.span_offsets[at], row.span_lengths[at])
            for at in range(ends[n - 1] - row.spans_in_frame[n - 1], ends[n - 1])
        )
        for n in numbers
    )
