"""Who has opened which study in which session: what makes one audit row of thousands of frames."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base


class StudyAccess(Base):
    """A session has read pictures or headers of a study, and the audit says so."""

    __tablename__ = "study_reading"
    __table_args__ = {"schema": "archive", "implicit_returning": False}

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    study_id: Mapped[UUID] = mapped_column(ForeignKey("archive.study.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    read_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
