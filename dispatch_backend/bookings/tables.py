"""Bookings: a row for each, a further row when it is cancelled or over, and one that holds the slot meanwhile."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Computed, ForeignKey, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP, TSTZRANGE, Range
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from dispatch_backend.bookings.enumerations import BookingState, Outcome
from foundation.database.tables import Base, StoredEnum
from foundation.identifiers import new_id


class Booking(Base):
    """A referral was given a slot. What has become of that, `state` says; it is live while it occupies the slot.

    Both are written by the database alone: each event of the referral moves its live booking (BookingTransition).
    """

    __tablename__ = "booking"
    __table_args__ = (
        ForeignKeyConstraint(
            ["referral_id", "patient_id"], ["dispatch.referral.id", "dispatch.referral.patient_id"]
        ),
        UniqueConstraint("id", "referral_id", "patient_id"),
        UniqueConstraint("id", "slot_id"),
        ForeignKeyConstraint(
            ["state", "live"], ["dispatch.booking_state.code", "dispatch.booking_state.live"]
        ),
        {"schema": "dispatch", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    referral_id: Mapped[UUID]
    patient_id: Mapped[UUID]
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.slot.id"))
    booked_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    booked_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    state: Mapped[BookingState] = mapped_column(StoredEnum(BookingState), server_default=FetchedValue())
    live: Mapped[bool] = mapped_column(server_default=FetchedValue())


class BookingCancellation(Base):
    """The booking was given up before its time, for a reason."""

    __tablename__ = "booking_cancellation"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.booking.id"), primary_key=True)
    patient_id: Mapped[UUID]
    reason: Mapped[str]
    cancelled_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    cancelled_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))


class BookingOutcome(Base):
    """The time of the booking has come: the patient was served, or did not come."""

    __tablename__ = "booking_outcome"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.booking.id"), primary_key=True)
    patient_id: Mapped[UUID]
    outcome: Mapped[Outcome]
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    recorded_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))


class SlotOccupancy(Base):
    """This slot is taken, now, by this live booking. The primary key is the last guard against double booking.

    Deleted when the booking is cancelled or over: a referral has one live booking at most. Whom and what it occupies meanwhile,
    the database writes into Occupation.
    """

    __tablename__ = "slot_occupancy"
    __table_args__ = (
        ForeignKeyConstraint(["slot_id", "starts_at"], ["dispatch.slot.id", "dispatch.slot.starts_at"]),
        ForeignKeyConstraint(
            ["booking_id", "referral_id", "patient_id"],
            ["dispatch.booking.id", "dispatch.booking.referral_id", "dispatch.booking.patient_id"],
        ),
        # The slot that it names, and no other.
        ForeignKeyConstraint(["booking_id", "slot_id"], ["dispatch.booking.id", "dispatch.booking.slot_id"]),
        UniqueConstraint("patient_id", "starts_at"),
        {"schema": "dispatch", "implicit_returning": False},
    )

    slot_id: Mapped[UUID] = mapped_column(primary_key=True)
    booking_id: Mapped[UUID] = mapped_column(unique=True)
    referral_id: Mapped[UUID] = mapped_column(unique=True)
    patient_id: Mapped[UUID]
    starts_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class Occupation(Base):
    """A live booking occupies its patient, and its resource, for the whole time of its slot: neither is ever in two places.

    Made, moved and ended by the database alone, with SlotOccupancy; nobody who serves may write or read it. `lane` is above 0 where
    something overlapped already when it was first looked at.
    """

    __tablename__ = "occupation"
    __table_args__ = {"schema": "dispatch", "implicit_returning": False}

    booking_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.booking.id"), primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    slot_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.slot.id"))
    subject_number: Mapped[int] = mapped_column(
        BigInteger, Computed("dispatch.subject_number(subject_kind, subject_id)", persisted=True)
    )
    lane: Mapped[int] = mapped_column(server_default=text("0"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)


class BookingStateRow(Base):
    """A state that a booking may be in. `told_as`: 'cancelled' where a cancellation tells of its end, otherwise the outcome that does."""

    __tablename__ = "booking_state"
    __table_args__ = (UniqueConstraint("code", "live"), {"schema": "dispatch"})

    code: Mapped[str] = mapped_column(primary_key=True)
    live: Mapped[bool]
    told_as: Mapped[str | None] = mapped_column(unique=True)


class BookingTransition(Base):
    """Where an act upon a referral leads its live booking. `allowed`: "before_visit", "since_day" of it, "since_visit", or at any time."""

    __tablename__ = "allowed_booking_transition"
    __table_args__ = {"schema": "dispatch"}

    from_state: Mapped[str] = mapped_column(ForeignKey("dispatch.booking_state.code"), primary_key=True)
    act: Mapped[str] = mapped_column(primary_key=True)
    to_state: Mapped[str] = mapped_column(ForeignKey("dispatch.booking_state.code"))
    allowed: Mapped[str | None]
