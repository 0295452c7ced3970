"""Rights to act for somebody, their ends, and the ages that the law names. A right is never changed: its end is a row."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.delegations.enumerations import AgeLimitKind, DelegationKind


class AgeLimit(Base):
    """An age that the law of the region named from one day to another, in years. A new law is a new row."""

    __tablename__ = "age_limit"
    __table_args__ = (
        UniqueConstraint("kind", "valid_from"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AgeLimitKind]
    years: Mapped[int]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))


class ConfidentialityRule(Base):
    """From that age of a child on, entries with the label are closed to its parents, while the rule is valid (both days
    included). A new law is a new row.
    """

    __tablename__ = "confidentiality_rule"
    __table_args__ = (
        UniqueConstraint("label", "valid_from"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    label: Mapped[str]
    from_age: Mapped[int]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))


class Delegation(Base):
    """The delegate may act for the patient from `began_at` until `ends_at`, if nobody ends it before.

    Attributes:
        delegate_id: the patient whom the delegate is themself.
        scopes: words of identity.access.enumerations.Scope.
        until_age: of a parent's right, the age in years at which the child comes of age, by the law of the day of entry.
        basis: what shows it, in words, such as a kind of document.
        evidence_sha256: of the document's number, with the row's own id; "" where there is none.
        staff_id, facility_id: who entered it; nobody where the patient granted it, or it was loaded.
    """

    __tablename__ = "delegation"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    delegate_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    kind: Mapped[DelegationKind]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    until_age: Mapped[int | None]
    basis: Mapped[str]
    evidence_sha256: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class DelegationEnd(Base):
    """The right was taken back before its time, by the patient, the delegate or a member of staff."""

    __tablename__ = "delegation_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    delegation_id: Mapped[UUID] = mapped_column(ForeignKey("identity.delegation.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    delegate_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    reason: Mapped[str]
