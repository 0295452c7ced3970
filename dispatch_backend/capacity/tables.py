"""Resources, and slots: the times of theirs that facilities offer. No patient data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import FetchedValue, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from dispatch_backend.capacity.enumerations import ResourceKind
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Resource(Base):
    """A doctor, room, device, bed or team of a facility: what nobody can have twice at a time.

    Made by the database when a slot names it for the first time.
    """

    __tablename__ = "resource"
    __table_args__ = (
        UniqueConstraint("facility_id", "name_en"),
        UniqueConstraint("id", "facility_id"),
        {"schema": "dispatch"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    kind: Mapped[ResourceKind]
    name_en: Mapped[str]
    name_ru: Mapped[str]


class Slot(Base):
    """A time of a resource: from `starts_at` up to, and without, `ends_at`; a day at most.

    `resource_id` the database finds by the name. `taken` it sets and clears as bookings occupy the resource and leave it, in this slot or
    in one that overlaps: so the free slots stand in an index of their own, and finding one costs the same however many were ever booked.
    """

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("id", "starts_at"),
        UniqueConstraint("facility_id", "resource_en", "starts_at"),
        ForeignKeyConstraint(
            ["resource_id", "facility_id"], ["dispatch.resource.id", "dispatch.resource.facility_id"]
        ),
        {"schema": "dispatch"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_code: Mapped[str] = mapped_column(ForeignKey("dispatch.service.code"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    resource_id: Mapped[UUID] = mapped_column(server_default=FetchedValue())
    resource_en: Mapped[str]
    resource_ru: Mapped[str]
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    taken: Mapped[bool] = mapped_column(default=False)
