"""Files that were not taken in: their bytes are kept apart, with the reason, for an operator to judge."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class QuarantinedFile(Base):
    """One content once, however often it is sent. `source` may hold a name: only the loader reads this table.

    Who sent it first, by the name that the device gave, and the object's number as far as it was told.
    """

    __tablename__ = "quarantined_file"
    __table_args__ = ({"schema": "archive", "implicit_returning": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    content_sha256: Mapped[str] = mapped_column(unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    source: Mapped[str]
    calling_ae_title: Mapped[str] = mapped_column(default="")
    sop_instance_uid: Mapped[str] = mapped_column(default="")
    why: Mapped[str]
    arrived_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
