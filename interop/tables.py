"""What was handed out: one row for each copy of a record."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id


class Export(Base):
    """A copy of a record left the house. With the digest anybody can check that a file is that copy, unchanged."""

    __tablename__ = "export"
    __table_args__ = {"schema": "interop", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    account_id: Mapped[UUID]
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    content_sha256: Mapped[str]
    resource_count: Mapped[int]
