"""Cases about accesses, their answers, and the terms that the law sets. Neither a case nor an answer is ever changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Identity, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id

# Begins the word of an opening by law among the bases of a case.
BY_LAW = "law:"


def _of_its_patient() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["objection_id", "patient_id"], ["portal.objection.id", "portal.objection.patient_id"]
    )


class AnswerTerm(Base):
    """Within how many days an answer is due, from one day to another, and by which law. A new law is a new row."""

    __tablename__ = "answer_term"
    __table_args__ = {"schema": "portal"}

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    days: Mapped[int]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class Objection(Base):
    """A citizen does not recognise one act of somebody's on their record.

    Attributes:
        accessed_at, staff_id, facility_id, role, act, reason: the act, as the audit tells it.
        care_bases: words of CareBasis: on which the facility cared for the patient then, as known when the case was raised; where
            none was, `BY_LAW` with the identifier of what the region's law opened; and of OpenThough, where the patient had
            hidden what was opened.
        words: what the citizen says of it; may be empty.
        due_on: the last day for an answer, by the law named in `basis_en` and `basis_ru`.
    """

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("patient_id", "audit_event_id", name="uq_objection_patient_id_audit_event_id"),
        UniqueConstraint("id", "patient_id", name="uq_objection_id_patient_id"),
        {"schema": "portal", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    audit_event_id: Mapped[int] = mapped_column(BigInteger)
    accessed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    role: Mapped[str]
    act: Mapped[str]
    reason: Mapped[str]
    care_bases: Mapped[list[str]] = mapped_column(ARRAY(Text))
    words: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    due_on: Mapped[date]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class ObjectionStep(Base):
    """An answer of the privacy officer's, numbered from 1 on."""

    __tablename__ = "objection_step"
    __table_args__ = (_of_its_patient(), {"schema": "portal", "implicit_returning": False})

    objection_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str]
    words: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class WaitingObjection(Base):
    """A case that is not closed yet; its row goes when it is."""

    __tablename__ = "waiting_objection"
    __table_args__ = (_of_its_patient(), {"schema": "portal", "implicit_returning": False})

    objection_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    due_on: Mapped[date] = mapped_column(index=True)
