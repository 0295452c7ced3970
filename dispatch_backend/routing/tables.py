"""By what free slots are ranked, as the region enters it: in versions, each of which stays. No patient data."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from foundation.database.tables import Base


class RoutingVersion(Base):
    """What one transaction entered of all that routing goes by; numbered and dated by the database.

    As of a version each thing is as its newest word of that version or one before it says.
    """

    __tablename__ = "routing_version"
    __table_args__ = {"schema": "dispatch"}

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=FetchedValue())
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FetchedValue())


class RoutingWeights(Base):
    """What each part of a slot's cost weighs, from a day on until the next ones begin.

    Attributes:
        breach: for a whole legal term beyond the legal day.
        waiting: for a whole legal term of waiting.
        travel_hour: for an hour of the way.
    """

    __tablename__ = "routing_weights"
    __table_args__ = {"schema": "dispatch"}

    valid_from: Mapped[date] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"), primary_key=True)
    breach: Mapped[float]
    waiting: Mapped[float]
    travel_hour: Mapped[float]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]


class TravelTime(Base):
    """How many minutes the way from one facility to another takes; the way back is told apart."""

    __tablename__ = "travel_time"
    __table_args__ = {"schema": "dispatch"}

    from_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    to_facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    version: Mapped[int] = mapped_column(ForeignKey("dispatch.routing_version.number"), primary_key=True)
    minutes: Mapped[int]
