"""Records that were opened in an emergency, and the verdict on each; both only grow."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from identity.emergencies.enumerations import EmergencyReason, Verdict


class Emergency(Base):
    """One person opened one record for an hour. Written by identity.open_in_emergency alone."""

    __tablename__ = "emergency"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    role: Mapped[str]
    reason: Mapped[EmergencyReason]
    words: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class EmergencyVerdict(Base):
    """What the privacy officer says of it. Without one it waits."""

    __tablename__ = "emergency_verdict"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    emergency_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    verdict: Mapped[Verdict]
    words: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class WaitingEmergency(Base):
    """What nobody has judged yet; a verdict takes its row away, and nothing else does."""

    __tablename__ = "waiting_emergency"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    emergency_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), index=True)


class EmergencyFigure(Base):
    """How many records a facility has opened in an emergency, and what was said of them; the others wait."""

    __tablename__ = "emergency_figure"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    opened: Mapped[int] = mapped_column(default=0)
    justified: Mapped[int] = mapped_column(default=0)
    not_justified: Mapped[int] = mapped_column(default=0)
