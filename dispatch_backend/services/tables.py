"""The services that can be referred to, and how long the law lets a patient wait for them. No patient data."""

from datetime import date
from uuid import UUID

from sqlalchemy import UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dispatch_backend.services.enumerations import Priority, ServiceKind
from dispatch_backend.services.rules.terms import TermUnit
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Service(Base):
    """Something a facility can do for a patient of another: a consultation, a test, imaging, a bed. "" where there is nothing to prepare."""

    __tablename__ = "service"
    __table_args__ = {"schema": "dispatch"}

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[ServiceKind]
    name_en: Mapped[str]
    name_ru: Mapped[str]
    preparation_en: Mapped[str] = mapped_column(default="")
    preparation_ru: Mapped[str] = mapped_column(default="")


class WaitingTerm(Base):
    """The longest wait for a kind of service, as the law of the region said it from one day to another.

    From the sending of a referral, which begins it. Of hours, of working days by the production calendar, or of calendar days.
    Never changed: a new law is a new row, and referrals name the row that they were sent under.
    """

    __tablename__ = "waiting_term"
    __table_args__ = (
        UniqueConstraint("service_kind", "priority", "valid_from"),
        {"schema": "dispatch"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    service_kind: Mapped[ServiceKind]
    priority: Mapped[Priority]
    length: Mapped[int]
    unit: Mapped[TermUnit]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date] = mapped_column(server_default=text("'infinity'"))
