"""What the region's law opens of every record, to which role and where, and when it ends. Neither row is ever changed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.access.enumerations import Thing
from identity.roles import Role

FOREVER = text("'infinity'")


class LegalOpening(Base):
    """From `began_at` until `ends_at` ('infinity' while no end is known) the law opens a part of every record to a role, to be read.

    Attributes:
        facility_id: where those work to whom it opens; NULL for everywhere.
        basis_en, basis_ru: the law by its article, as the patient reads it.
        staff_id: the privacy officer who entered it.
    """

    __tablename__ = "legal_opening"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    role: Mapped[Role]
    thing: Mapped[Thing]
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FOREVER)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class LegalOpeningEnd(Base):
    """It ends earlier than it was entered to, and why. Of several ends the earliest counts."""

    __tablename__ = "legal_opening_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    opening_id: Mapped[UUID] = mapped_column(ForeignKey("identity.legal_opening.id"), index=True)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    reason: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
