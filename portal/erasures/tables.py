"""Retention periods and terms by law, requests for erasure and their answers. Neither a request nor an answer is ever changed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, ForeignKeyConstraint, Identity, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from portal.erasures.enumerations import RetentionKind

NOW = text("now()")


def _of_its_request() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["request_id", "patient_id"], ["portal.erasure_request.id", "portal.erasure_request.patient_id"]
    )


class RetentionPeriod(Base):
    """For how many years something is kept, from one day to another, and by which law. A new law is a new row.

    `years` is None for what is erased when the person asks. `to_be_confirmed`: a lawyer of the region has not confirmed it yet.
    """

    __tablename__ = "retention_period"
    __table_args__ = {"schema": "portal"}

    kind: Mapped[RetentionKind] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    years: Mapped[int | None]
    to_be_confirmed: Mapped[bool]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class ErasureTerm(Base):
    """Within how many days a request is answered, by how many that may be lengthened once, and by which law."""

    __tablename__ = "erasure_term"
    __table_args__ = {"schema": "portal"}

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date]
    days: Mapped[int]
    further_days: Mapped[int]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class ErasureRequest(Base):
    """A person asks that what is kept about them be erased; `due_on` is the last day for an answer, by that law."""

    __tablename__ = "erasure_request"
    __table_args__ = (
        UniqueConstraint("id", "patient_id", name="uq_erasure_request_id_patient_id"),
        {"schema": "portal", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    words: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)
    due_on: Mapped[date]
    further_days: Mapped[int]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class ErasureItem(Base):
    """Until when the law has one kind of it kept, as it was told when the person asked; None where it is erased on request."""

    __tablename__ = "erasure_item"
    __table_args__ = (_of_its_request(), {"schema": "portal", "implicit_returning": False})

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[RetentionKind] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(index=True)
    kept_until: Mapped[date | None]
    to_be_confirmed: Mapped[bool]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class ErasureStep(Base):
    """What the privacy officer answered, numbered from 1 on; `erased_count` is how many rows forgot what could be erased."""

    __tablename__ = "erasure_step"
    __table_args__ = (_of_its_request(), {"schema": "portal", "implicit_returning": False})

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(index=True)
    state: Mapped[str]
    words: Mapped[str]
    erased_count: Mapped[int]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class WaitingErasure(Base):
    """A request that is not answered yet, and by when it must be; its row goes when it is."""

    __tablename__ = "waiting_erasure"
    __table_args__ = (_of_its_request(), {"schema": "portal", "implicit_returning": False})

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID]
    due_on: Mapped[date] = mapped_column(index=True)
