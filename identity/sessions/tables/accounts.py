"""Accounts at identity providers, and the link from an account to a patient's record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Account(Base):
    """A person as one identity provider knows them: (issuer, subject) and nothing else."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    issuer: Mapped[str]
    subject: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class PatientLink(Base):
    """This account is this patient: matched by national identifier and birth date, at this level of assurance."""

    __tablename__ = "patient_link"
    __table_args__ = (
        UniqueConstraint("account_id", "patient_id"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    basis: Mapped[str]
    level: Mapped[int]  # an Assurance
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
