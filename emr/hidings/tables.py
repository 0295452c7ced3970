"""Which entries people have hidden, and which may be. Written by functions of the database alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.entries.enumerations import Kind
from foundation.database.tables import Base

NOW = text("now()")


class HidingRule(Base):
    """Whether entries of a kind may be hidden, from one day to another, and why. A new law is a new row; of a kind without one
    none may be."""

    __tablename__ = "hiding_rule"
    __table_args__ = {"schema": "emr"}

    kind: Mapped[Kind] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    hidable: Mapped[bool]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class EntryHiding(Base):
    """The patient, or whoever acts for them by `delegation_id`, has hidden the entry."""

    __tablename__ = "hiding"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("emr.entry.id"), index=True)
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    hidden_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class EntryHidingLift(Base):
    """It was shown again."""

    __tablename__ = "hiding_lift"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    hiding_id: Mapped[UUID] = mapped_column(ForeignKey("emr.hiding.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    lifted_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)
