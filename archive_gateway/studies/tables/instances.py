"""An instance: one object of a series, with the place of each of its frames."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Integer
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Instance(Base):
    """The addresses stand here again, so that a frame is found, and refused, by one row.

    Without `content_sha256` the bytes are not ours: an existing archive behind us holds them.
    `tried_frame_count` frames were decoded once by us, `undecodable_frame_count` of them could not be.
    `left_out_digest` is of the values that `dicom_json` does not repeat; NULL where nobody has looked.
    `served_sha256` differs from it where a well-formed derived copy had to be derived; offsets count in the served file.
    """

    __tablename__ = "instance"
    __table_args__ = (
        Index("ix_instance_series_id", "series_id"),
        Index("ix_instance_series_instance_uid", "series_instance_uid"),
        Index("ix_instance_study_instance_uid", "study_instance_uid"),
        Index("ix_instance_content_sha256", "content_sha256"),
        {"schema": "archive", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    series_id: Mapped[UUID] = mapped_column(ForeignKey("archive.series.id"))
    patient_id: Mapped[UUID | None]
    study_instance_uid: Mapped[str]
    series_instance_uid: Mapped[str]
    sop_instance_uid: Mapped[str] = mapped_column(unique=True)
    sop_class_uid: Mapped[str]
    number: Mapped[int | None]
    content_sha256: Mapped[str | None]
    content_size: Mapped[int] = mapped_column(BigInteger, default=0)
    data_set_offset: Mapped[int] = mapped_column(BigInteger, default=0)
    content_transfer_syntax_uid: Mapped[str] = mapped_column(default="")
    served_sha256: Mapped[str | None]
    served_size: Mapped[int] = mapped_column(BigInteger, default=0)
    served_transfer_syntax_uid: Mapped[str] = mapped_column(default="")
    rows: Mapped[int | None]
    columns: Mapped[int | None]
    bits_allocated: Mapped[int | None]
    bits_in_frame: Mapped[int | None] = mapped_column(BigInteger)
    cell_bytes: Mapped[int] = mapped_column(default=1)
    pixels_offset: Mapped[int | None] = mapped_column(BigInteger)
    frame_count: Mapped[int] = mapped_column(default=0)
    span_offsets: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    span_lengths: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)
    spans_in_frame: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list)
    tried_frame_count: Mapped[int] = mapped_column(default=0)
    undecodable_frame_count: Mapped[int] = mapped_column(default=0)
    dicom_json: Mapped[str | None]
    left_out_digest: Mapped[str | None]


class SupersededInstance(Base):
    """What stood under the number of an object before: a damaged copy, or one with another header. Its bytes are kept; append-only."""

    __tablename__ = "superseded_instance"
    __table_args__ = (
        Index("ix_superseded_instance_sop_instance_uid", "sop_instance_uid"),
        Index("ix_superseded_instance_content_sha256", "content_sha256"),
        {"schema": "archive", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    sop_instance_uid: Mapped[str]
    study_instance_uid: Mapped[str]
    content_sha256: Mapped[str]
    content_size: Mapped[int] = mapped_column(BigInteger)
    content_transfer_syntax_uid: Mapped[str]
    served_sha256: Mapped[str]
    dicom_json: Mapped[str]
    why: Mapped[str]
    superseded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
