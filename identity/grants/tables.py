"""Rights that were offered, and what became of the offers."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.grants.enumerations import Answer

# For what the identifiers of the table are sealed.
SEALED_AS = "identifier of an offer"


class DelegationOffer(Base):
    """A patient offers somebody to act for them: whoever has this identifier and this day of birth, if there is anybody.

    Attributes:
        scopes: words of identity.access.enumerations.Scope.
        words: what the patient says of it; "" where nothing.
        ends_at: when the right ends that follows from it, and bears its id.
        expires_at: until when it can be accepted.
    """

    __tablename__ = "delegation_offer"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    identifier_system: Mapped[str]
    identifier_digest: Mapped[bytes]
    identifier_sealed: Mapped[bytes]
    birth_date: Mapped[date]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    words: Mapped[str]
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    expires_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    offered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class DelegationOfferAnswer(Base):
    """It was accepted or declined, or withdrawn by the patient: one of them, once. Accepted and declined by a function alone."""

    __tablename__ = "delegation_offer_answer"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("identity.delegation_offer.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    answer: Mapped[Answer]
    answered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
