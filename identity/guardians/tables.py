"""The papers by which adults have guardians."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from identity.guardians.enumerations import GuardianBasis, GuardianDocument

# For what the numbers of the table are sealed.
SEALED_AS = "number of a guardian's document"


class Guardianship(Base):
    """A registrar has seen by what paper the delegate is the guardian of the patient; the right itself bears the same id.

    Attributes:
        number_sealed: the number of the paper, readable only with the service's key.
    """

    __tablename__ = "guardianship"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    delegate_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    document_kind: Mapped[GuardianDocument]
    number_sealed: Mapped[bytes]
    issuer: Mapped[str]
    issued_on: Mapped[date]
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    basis: Mapped[GuardianBasis]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
