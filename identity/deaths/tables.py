"""Deaths that registrars have recorded, and which of them were undone. Nothing is changed: what is undone is a row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from identity.deaths.enumerations import DeathDocumentKind, UndoingReason

NOW = text("now()")


class RecordedDeath(Base):
    """This patient has died. Written by identity.record_death alone, which carries out what follows from it.

    `evidence_digest` is of the document's number, keyed, with the row's own id.
    """

    __tablename__ = "death"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    died_on: Mapped[date]
    document_kind: Mapped[DeathDocumentKind]
    evidence_digest: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class UndoneDeath(Base):
    """It was an error. Written by identity.undo_death alone."""

    __tablename__ = "death_undone"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    death_id: Mapped[UUID] = mapped_column(ForeignKey("identity.death.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    reason: Mapped[UndoingReason]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    undone_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class RestoredDelegation(Base):
    """A right that ended with a death came back when that was undone: `former_id` is the right that ended."""

    __tablename__ = "restored_delegation"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("identity.delegation.id"), primary_key=True)
    former_id: Mapped[UUID] = mapped_column(ForeignKey("identity.delegation.id"), unique=True)
    death_id: Mapped[UUID] = mapped_column(ForeignKey("identity.death.id"))
