"""A device that speaks DICOM, as an operator has told of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Device(Base):
    """Known by the AE title with which it calls. Holds nothing of patients.

    Where `called_ae_title` is empty it may call us by any name; where `storage_classes` is empty it may send every
    class of the standard; `default_character_set` is how it writes texts of which it does not say so.
    """

    __tablename__ = "device"
    __table_args__ = ({"schema": "archive", "implicit_returning": False},)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ae_title: Mapped[str] = mapped_column(unique=True)
    called_ae_title: Mapped[str] = mapped_column(default="")
    facility_id: Mapped[UUID]
    storage_classes: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    default_character_set: Mapped[str] = mapped_column(default="")
    registered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
