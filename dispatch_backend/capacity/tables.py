"""Resources, slots, which are the times of theirs that facilities offer, and what of them is closed. No patient data."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, FetchedValue, ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from dispatch_backend.capacity.enumerations import ClosingReason, ResourceKind
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
    in one that overlaps, and while its time is closed: so the free slots stand in an index of their own, and finding one costs the same however many were ever booked.
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


class ClosedTime(Base):
    """A resource is not to be had meanwhile: its doctor is ill, its device is out of order. Until ClosedTimeEnd opens it again.

    Whatever slots it has there, now or later, the database holds to it. Bookings stand until they are moved. `words` say why where the
    reason is another one; keepers and dispatchers read it, for it may tell of somebody's health.
    """

    __tablename__ = "closed_time"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.resource.id"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    ends_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), Computed("upper(during)", persisted=True)
    )
    reason: Mapped[ClosingReason]
    words: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    closed_by: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))


class ClosedTimeEnd(Base):
    """What was closed is open again; what had been moved away stays where it is."""

    __tablename__ = "closed_time_end"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    closed_time_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.closed_time.id"), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    ended_by: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
