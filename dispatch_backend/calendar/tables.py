"""The production calendar of the region, in versions. No patient data."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import FetchedValue

from foundation.database.tables import Base


class Calendar(Base):
    """A version of the calendar: all days that it or a version before it tells, the newest word of each.

    Never changed, and numbered by the database: referrals name the version by which their legal day was reckoned. Version 0 is
    that of before, when the application knew the days and the database did not.
    `time_zone` is the region's: it says when a day begins.
    """

    __tablename__ = "calendar"
    __table_args__ = {"schema": "dispatch"}

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=FetchedValue())
    time_zone: Mapped[str]
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FetchedValue())


class CalendarDay(Base):
    """Whether a day is worked, from this version on. `territory` is where that is law: RU, or a region by ISO 3166-2."""

    __tablename__ = "calendar_day"
    __table_args__ = {"schema": "dispatch"}

    day: Mapped[date] = mapped_column(primary_key=True)
    calendar: Mapped[int] = mapped_column(ForeignKey("dispatch.calendar.number"), primary_key=True)
    working: Mapped[bool]
    territory: Mapped[str]
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
