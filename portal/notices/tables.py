"""What the portal keeps: notices for the patient, and when they came to look."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base, StoredEnum
from foundation.identifiers import new_id
from portal.notices.rules import NoticeKind


class Notice(Base):
    """Something new for the patient. `occurrence` tells apart what may happen to one thing more than once.

    `recorded_at` is when it came into the record, which is its day for the reader; None of notices from before that was
    kept. `happened_at` is when it became news: whoever looked between the two has not seen it yet.

    The outbox may deliver a message twice; the unique key makes the second delivery harmless.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("patient_id", "kind", "object_id", "occurrence"),
        Index("ix_notice_patient_id_happened_at", "patient_id", "happened_at"),
        {"schema": "portal", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    kind: Mapped[NoticeKind] = mapped_column(StoredEnum(NoticeKind))
    object_id: Mapped[UUID]
    occurrence: Mapped[str] = mapped_column(default="")
    happened_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    recorded_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class RecordVisit(Base):
    """The patient came to look, in this session: what happened after the visit before is new to them."""

    __tablename__ = "record_visit"
    __table_args__ = (
        Index("ix_record_visit_patient_id_began_at", "patient_id", "began_at"),
        {"schema": "portal", "implicit_returning": False},
    )

    session_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
