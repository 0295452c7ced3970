"""Slots: times that facilities offer. No patient data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id


class Slot(Base):
    """A time at a doctor, room or device.

    `taken` is set and cleared by the database alone, when an occupancy comes and goes: it keeps the free slots
    in an index of their own, so that finding one costs the same however many were ever booked.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("id", "starts_at"),
        UniqueConstraint("facility_id", "resource_en", "starts_at"),
        {"schema": "dispatch"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_code: Mapped[str] = mapped_column(ForeignKey("dispatch.service.code"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    resource_en: Mapped[str]
    resource_ru: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    taken: Mapped[bool] = mapped_column(default=False)
