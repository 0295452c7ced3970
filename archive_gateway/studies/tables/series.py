"""A series: pictures taken in one go by one device, and their metadata packed for one answer."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id


class Series(Base):
    __tablename__ = "series"
    __table_args__ = (
        Index("ix_series_study_instance_uid", "study_instance_uid"),
        {"schema": "archive", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("archive.study.id"))
    patient_id: Mapped[UUID | None] = mapped_column(index=True)
    study_instance_uid: Mapped[str]
    series_instance_uid: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int | None]
    modality: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")


class SeriesMetadata(Base):
    """The metadata of a whole series as one gzip answer; stale where `instance_count` is no longer true."""

    __tablename__ = "series_metadata"
    __table_args__ = ({"schema": "archive", "implicit_returning": False},)

    series_id: Mapped[UUID] = mapped_column(ForeignKey("archive.series.id"), primary_key=True)
    patient_id: Mapped[UUID | None]
    study_instance_uid: Mapped[str]
    series_instance_uid: Mapped[str] = mapped_column(unique=True)
    instance_count: Mapped[int]
    packed: Mapped[bytes]
    etag: Mapped[str]
