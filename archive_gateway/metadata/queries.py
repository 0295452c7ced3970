"""Headers of many objects as one text, joined without being parsed, and read in portions.

What a device sends may be long, and a study may hold any number of it: no process ever holds all of it at once.
"""

import gzip
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select

from archive_gateway.metadata.rules import length_of, portions
from archive_gateway.studies.tables.instances import Instance
from archive_gateway.studies.tables.series import Series, SeriesMetadata
from archive_gateway.studies.tables.studies import Study
from foundation.database.transactions import ActorSession
from foundation.errors import NotFound
from identity.access import queries as access
from identity.access.enumerations import Thing

# An ordinary series is one portion, and with it one question to the database.
PORTION_BYTES = 1 << 20
_BLOCK_BYTES = 1 << 18
_ABSENT = "There is no such image."


@dataclass(frozen=True, slots=True)
class Metadata:
    """DICOM JSON, ready to send: packed by gzip, or the first portion of it with the objects that follow.

    Attributes:
        length: bytes of the whole array, unpacked.
        begun: the texts of the first portion.
        rest: the objects of the portions that are still to be read by `portion_of`.
        of_upstream: SOP Instance UIDs of the objects that an archive behind us holds.
        patient_identifier: by which we know the study then; "" where it came without one.
    """

    length: int
    packed: bytes = b""
    etag: str = ""
    begun: Sequence[str] = ()
    rest: Sequence[Sequence[UUID]] = ()
    of_upstream: frozenset[str] = frozenset()
    patient_identifier: str = ""

    def unpacked(self) -> Iterator[bytes]:
        """The packed text for an asker who takes no gzip."""
        with gzip.GzipFile(fileobj=BytesIO(self.packed)) as file:
            while block := file.read(_BLOCK_BYTES):
                yield block


def series_metadata(session: ActorSession, *, study_instance_uid: str, series_instance_uid: str) -> Metadata:
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
        .where(access.readable_by(session, Thing.IMAGES, SeriesMetadata.patient_id))
        .where(SeriesMetadata.instance_count == still_true)
    ).one_or_none()
    if row:
        packed = bytes(row.packed)
        # The last four bytes of gzip are the length of what it packs (RFC 1952, 2.3.1).
        return Metadata(length=int.from_bytes(packed[-4:], "little"), packed=packed, etag=row.etag)
    asked = _sizes(session, study_instance_uid).where(Instance.series_instance_uid == series_instance_uid)
    return _begun(session, in_viewing_order(asked))


def study_metadata(session: ActorSession, *, study_instance_uid: str) -> Metadata:
    """The headers of all objects of a study, series by series.

    Raises:
        NotFound: no such study, or not one that the reader may see.
    """
    asked = _sizes(session, study_instance_uid).order_by(Instance.series_instance_uid)
    return _begun(session, in_viewing_order(asked))


def portion_of(session: ActorSession, instance_ids: Sequence[UUID]) -> list[str]:
    """The headers of these objects, in this order.

    Raises:
        NotFound: one of them has gone since it was listed, or is not the reader's any longer.
    """
    asked = (
        select(Instance.id, Instance.dicom_json)
        .where(Instance.id.in_(instance_ids))
        .where(access.readable_by(session, Thing.IMAGES, Instance.patient_id))
    )
    texts = _texts(session, asked)
    found = [texts[each] for each in instance_ids if each in texts]
    if len(found) < len(instance_ids):
        raise NotFound(_ABSENT)
    return found


def series_to_pack(session: ActorSession, series_id: UUID) -> tuple[Series, list[tuple[UUID, int]]]:
    """The series, and its objects in viewing order with the length of their headers.

    No objects where an archive behind us holds one of them: there is no whole to pack.
    """
    size = func.octet_length(Instance.dicom_json).label("size")
    asked = in_viewing_order(select(Instance.id, size).where(Instance.series_id == series_id))
    sizes = [(row.id, row.size) for row in session.execute(asked)]
    whole = all(size is not None for _, size in sizes)
    return session.get_one(Series, series_id), sizes if whole else []


def headers_to_pack(session: ActorSession, instance_ids: Sequence[UUID]) -> list[str]:
    """The headers of these objects, in this order, whoever they belong to, and where they belong to nobody yet."""
    texts = _texts(session, select(Instance.id, Instance.dicom_json).where(Instance.id.in_(instance_ids)))
    return [texts[each] for each in instance_ids]


def in_viewing_order(asked: Select[Any]) -> Select[Any]:
    """By the number that the device gave; the viewer may sort by position again."""
    return asked.order_by(Instance.number.nulls_last(), Instance.sop_instance_uid)


def _texts(session: ActorSession, asked: Select[UUID, str | None]) -> dict[UUID, str]:
    """By object; an archive behind us keeps the headers of some."""
    return {instance_id: text for instance_id, text in session.execute(asked) if text is not None}


def _sizes(session: ActorSession, study_instance_uid: str) -> Select[Any]:
    # Of the study alone, so that the database looks it up once.
    known_by = (
        select(Study.sent_patient_identifier)
        .where(Study.study_instance_uid == study_instance_uid)
        .scalar_subquery()
    )
    return (
        select(
            Instance.id,
            Instance.sop_instance_uid,
            func.octet_length(Instance.dicom_json).label("size"),
            known_by.label("patient_identifier"),
        )
        .where(Instance.study_instance_uid == study_instance_uid)
        .where(access.readable_by(session, Thing.IMAGES, Instance.patient_id))
    )


def _begun(session: ActorSession, asked: Select[Any]) -> Metadata:
    rows = session.execute(asked).all()
    if not rows:
        raise NotFound(_ABSENT)
    held = [row for row in rows if row.size is not None]
    first, *rest = portions([(row.id, row.size) for row in held], most_bytes=PORTION_BYTES) or [[]]
    of_upstream = frozenset(row.sop_instance_uid for row in rows if row.size is None)
    return Metadata(
        length=length_of([row.size for row in held]),
        begun=portion_of(session, first) if first else (),
        rest=rest,
        of_upstream=of_upstream,
        patient_identifier=rows[0].patient_identifier or "",
    )
