"""A study: the pictures of one examination of one person."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Study(Base):
    """Unassigned while `patient_id` is NULL: then nobody but the loader sees it.

    What the device said about the person stays beside it, so that an operator can find out whose it is.
    """

    __tablename__ = "study"
    __table_args__ = (
        Index("ix_study_patient_id_started_on", "patient_id", "started_on"),
        Index("ix_study_arrived_at", "arrived_at"),
        {"schema": "archive", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    study_instance_uid: Mapped[str] = mapped_column(unique=True)
    patient_id: Mapped[UUID | None]
    facility_id: Mapped[UUID | None]
    started_on: Mapped[date | None]
    started_at: Mapped[time | None]
    description: Mapped[str] = mapped_column(default="")
    sent_patient_identifier: Mapped[str] = mapped_column(default="")
    sent_patient_name: Mapped[str] = mapped_column(default="")
    sent_birth_date: Mapped[date | None]
    institution_name: Mapped[str] = mapped_column(default="")
    arrived_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class StudyAssignment(Base):
    """That a study was given to a patient, and on what ground; append-only."""

    __tablename__ = "study_assignment"
    __table_args__ = (
        Index("ix_study_assignment_study_id", "study_id"),
        {"schema": "archive", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    study_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    basis: Mapped[str]
    assigned_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
