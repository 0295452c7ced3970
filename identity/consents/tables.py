"""What people answered when they were asked for a consent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.consents.enumerations import Decision, Purpose


class Consent(Base):
    """One answer; the newest for a purpose counts, and none is ever changed.

    Attributes:
        number: later answers have higher ones.
        text_version: of the text that was read, see `identity.consents.rules.TEXT_VERSIONS`.
        delegation_id: the right by which somebody answered for the person; None where they did themself.
        stands_until: how long such an answer counts at the longest; None where the person answered.
    """

    __tablename__ = "consent"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), unique=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    purpose: Mapped[Purpose]
    decision: Mapped[Decision]
    text_version: Mapped[int]
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    stands_until: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    decided_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
