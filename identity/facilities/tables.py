"""Facilities of the region: public knowledge, no patient data."""

from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.facilities.enumerations import FacilityKind


class Facility(Base):
    """A place that refers, treats or dispatches; "" where its address or telephone is not known.

    Attributes:
        connected: whether it takes part in the system.
        version: counts what was changed, so that nobody changes what they have not seen.
    """

    __tablename__ = "facility"
    __table_args__ = {"schema": "identity"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[FacilityKind]
    name_en: Mapped[str]
    name_ru: Mapped[str]
    settlement_en: Mapped[str]
    settlement_ru: Mapped[str]
    address_en: Mapped[str] = mapped_column(default="")
    address_ru: Mapped[str] = mapped_column(default="")
    telephone: Mapped[str] = mapped_column(default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    connected: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
