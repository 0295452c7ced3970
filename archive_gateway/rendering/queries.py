"""Compressed frames that nobody has tried to decode yet, whoever they belong to: only the loader gets an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import orjson
from sqlalchemy import select

from archive_gateway.dicom.rules.frames import Span, frames_of
from archive_gateway.dicom.rules.transfer_syntax import NATIVE
from archive_gateway.rendering.rules.attributes import Members
from archive_gateway.studies.tables.instances import Instance
from foundation.database.transactions import ActorSession


@dataclass(frozen=True, slots=True)
class UntriedInstance:
    """One object: where each of its frames lies in its file, its header as DICOM JSON, and how many were tried before."""

    id: UUID
    sop_instance_uid: str
    served_sha256: str
    transfer_syntax_uid: str
    frames: Sequence[Sequence[Span]]
    header: Members
    tried_frame_count: int


def untried_instances(session: ActorSession, series_id: UUID) -> list[UUID]:
    """Objects of a series with compressed frames that are left to try. Native cells need no decoder, and were counted when they came."""
    asked = (
        select(Instance.id)
        .where(Instance.series_id == series_id)
        .where(Instance.tried_frame_count < Instance.frame_count)
        .where(Instance.content_sha256.is_not(None))
        .where(Instance.served_transfer_syntax_uid.not_in(NATIVE))
        .order_by(Instance.number.nulls_last(), Instance.sop_instance_uid)
    )
    return list(session.scalars(asked))


def series_untried(session: ActorSession) -> list[UUID]:
    """Every series with such an object."""
    asked = (
        select(Instance.series_id)
        .where(Instance.tried_frame_count < Instance.frame_count)
        .where(Instance.content_sha256.is_not(None))
        .where(Instance.served_transfer_syntax_uid.not_in(NATIVE))
        .distinct()
    )
    return list(session.scalars(asked))


def instance_to_try(session: ActorSession, instance_id: UUID) -> UntriedInstance:
    row = session.get_one(Instance, instance_id)
    return UntriedInstance(
        id=row.id,
        sop_instance_uid=row.sop_instance_uid,
        served_sha256=row.served_sha256 or "",
        transfer_syntax_uid=row.served_transfer_syntax_uid,
        frames=frames_of(row.span_offsets, row.span_lengths, row.spans_in_frame),
        header=orjson.loads(row.dicom_json or "{}"),
        tried_frame_count=row.tried_frame_count,
    )
