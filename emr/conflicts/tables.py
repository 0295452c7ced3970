"""What registrars have answered, and what became of it. Both only grow."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.conflicts.enumerations import Choice
from foundation.database.tables import Base

NOW = text("now()")


class ConflictAnswer(Base):
    """A registrar says what is right. The name and `birth`, as FHIR writes it, are of who is confirmed; otherwise ""."""

    __tablename__ = "conflict_answer"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conflict_id: Mapped[UUID] = mapped_column(ForeignKey("emr.import_conflict.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    choice: Mapped[Choice]
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[str]
    birth: Mapped[str]
    reason: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    answered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class ConflictOutcome(Base):
    """What became of an answer: carried out, with how many entries taken in and refused; or not, and why. Written by the loader."""

    __tablename__ = "conflict_outcome"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("emr.conflict_answer.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    carried_out: Mapped[bool]
    stored: Mapped[int]
    refused: Mapped[int]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)
