"""To which facilities people have closed their records, and which care may be closed. Written by functions of the database alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from identity.access.enumerations import CareBasis

NOW = text("now()")


class ClosingRule(Base):
    """Whether care on a basis may be closed, from one day to another, and why. A new law is a new row."""

    __tablename__ = "closing_rule"
    __table_args__ = {"schema": "identity"}

    basis: Mapped[CareBasis] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    closable: Mapped[bool]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class Closure(Base):
    """The patient, or whoever acts for them by `delegation_id`, has closed the record to a facility."""

    __tablename__ = "closure"
    __table_args__ = (
        Index("ix_closure_patient_id_facility_id", "patient_id", "facility_id"),
        {"schema": "identity", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    closed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class ClosureLift(Base):
    """It was opened again."""

    __tablename__ = "closure_lift"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    closure_id: Mapped[UUID] = mapped_column(ForeignKey("identity.closure.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    lifted_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class ClosedCare(Base):
    """Care that the closure ended, or kept from opening.

    Attributes:
        began_at: when it had begun; of care that was kept from opening, when it would have.
        ends_at: until when it would last.
    """

    __tablename__ = "closed_care"
    __table_args__ = (
        UniqueConstraint(
            *("closure_id", "basis", "staff_id"),
            name="uq_closed_care_closure_id",
            postgresql_nulls_not_distinct=True,
        ),
        {"schema": "identity", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    closure_id: Mapped[UUID] = mapped_column(ForeignKey("identity.closure.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    basis: Mapped[CareBasis]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
