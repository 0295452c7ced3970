"""Referrals and their history. What was asked for never changes; what becomes of it is told by events."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from dispatch_backend.referrals.enumerations import State
from dispatch_backend.referrals.tables.states import ReferralState
from dispatch_backend.services.enumerations import Priority
from foundation.database.tables import Base, StoredEnum
from foundation.identifiers import new_id


class Referral(Base):
    """A facility asks for a service for a patient: the promise that is kept by its legal day.

    `state` and `version` are those of the last event: the database lets them change only together with it. Whether that state is an
    open one stands in `open`, which the database alone writes.
    `due_at` is the end of `due_on` in the region, or sooner by a term of hours; both are frozen at sending, with the term and the
    version of the calendar that they follow from. The database reckons them and takes no others.
    While open, a referral has an owner and a moment by which the owner must act; closed, it has neither.
    """

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("id", "patient_id"),
        ForeignKeyConstraint(["state", "open"], [ReferralState.code, ReferralState.open]),
        Index("ix_referral_patient_id", "patient_id", "submitted_at"),
        {"schema": "dispatch", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    from_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    referrer_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    service_code: Mapped[str] = mapped_column(ForeignKey("dispatch.service.code"))
    reason: Mapped[str]
    diagnosis_code: Mapped[str]
    priority: Mapped[Priority]
    submitted_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    due_on: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    waiting_term_id: Mapped[UUID] = mapped_column(ForeignKey("dispatch.waiting_term.id"))
    calendar_version: Mapped[int] = mapped_column(
        ForeignKey("dispatch.calendar.number"), server_default=FetchedValue()
    )
    state: Mapped[State] = mapped_column(StoredEnum(State))
    open: Mapped[bool] = mapped_column(server_default=FetchedValue(), server_onupdate=FetchedValue())
    version: Mapped[int]
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    next_action_due: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class ReferralEvent(Base):
    """One step in the life of a referral; never changed, chained to the one before by its hash.

    Its states and its act are kept in the words of its day, which are hashed: State and Act read them.
    `sealed_patient_id` is whose it was when it was sealed, where its record was joined with another since (identity.merges).
    `previous_seq` exists so that a foreign key, not only our code, holds each event to the one before.
    """

    __tablename__ = "referral_event"
    __table_args__ = (
        ForeignKeyConstraint(
            ["referral_id", "patient_id"], ["dispatch.referral.id", "dispatch.referral.patient_id"]
        ),
        {"schema": "dispatch", "implicit_returning": False},
    )

    referral_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    patient_id: Mapped[UUID]
    from_state: Mapped[str]
    to_state: Mapped[str]
    act: Mapped[str]
    actor_role: Mapped[str]
    actor_staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    actor_facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    reason: Mapped[str] = mapped_column(default="")
    previous_sha256: Mapped[str]
    sha256: Mapped[str]
    sealed_patient_id: Mapped[UUID | None]
    previous_seq: Mapped[int | None] = mapped_column(Computed("nullif(seq, 1) - 1", persisted=True))
