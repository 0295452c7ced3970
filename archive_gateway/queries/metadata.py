"""Headers of many objects as one text, joined without being parsed."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from archive_gateway.tables import Instance, SeriesMetadata
from foundation.actor import Actor
from foundation.errors import NotFound
from identity.queries import access


@dataclass(frozen=True, slots=True)
class Metadata:
    """DICOM JSON, ready to send: packed by gzip, or joined; only a part where an archive behind us holds the rest."""

    packed: bytes = b""
    etag: str = ""
    text: bytes = b""
    held_upstream: bool = False

    def plain(self) -> bytes:
        """The text for an asker who takes no gzip."""
        return self.text or gzip.decompress(self.packed)


def series_metadata(
    session: Session, *, study_instance_uid: str, series_instance_uid: str, reader: Actor
) -> Metadata:
    """The headers of a series, in viewing order.

    Raises:
        NotFound: no such series, or not one that the reader may see.
    """
    still_true = (
        select(func.count())
        .where(Instance.series_id == SeriesMetadata.series_id)
        .correlate(SeriesMetadata)
        .scalar_subquery()
    )
    row = session.execute(
        select(SeriesMetadata.packed, SeriesMetadata.etag)
        .where(SeriesMetadata.study_instance_uid == study_instance_uid)
        .where(SeriesMetadata.series_instance_uid == series_instance_uid)
        .where(access.readable_by(SeriesMetadata.patient_id, reader))
        .where(SeriesMetadata.instance_count == still_true)
    ).one_or_none()
    if row:
        return Metadata(packed=bytes(row.packed), etag=row.etag)
    asked = _texts(study_instance_uid, reader).where(Instance.series_instance_uid == series_instance_uid)
    return _joined(session, in_viewing_order(asked))


def study_metadata(session: Session, *, study_instance_uid: str, reader: Actor) -> Metadata:
    """The headers of all objects of a study, series by series.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    asked = _texts(study_instance_uid, reader).order_by(Instance.series_instance_uid)
    return _joined(session, in_viewing_order(asked))


def in_viewing_order(asked: Select[Any]) -> Select[Any]:
    """By the number that the device gave; the viewer may sort by position again."""
    return asked.order_by(Instance.number.nulls_last(), Instance.sop_instance_uid)


def joined(texts: Sequence[str]) -> bytes:
    """JSON texts as one JSON array."""
    return b"[" + b",".join(text.encode() for text in texts) + b"]"


def _texts(study_instance_uid: str, reader: Actor) -> Select[Any]:
    return (
        select(Instance.dicom_json)
        .where(Instance.study_instance_uid == study_instance_uid)
        .where(access.readable_by(Instance.patient_id, reader))
    )


def _joined(session: Session, asked: Select[Any]) -> Metadata:
    texts = session.scalars(asked).all()
    if not texts:
        raise NotFound("There is no such image.")
    held = [text for text in texts if text is not None]
    return Metadata(text=joined(held), held_upstream=len(held) < len(texts))
