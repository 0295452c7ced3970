"""What the programme brought. No patient data."""

from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base


class Equipment(Base):
    """What a facility was equipped with in a year, and how far it had come by the end of that year.

    Attributes:
        workplaces: computers with what belongs to them, put up in that year.
        multifunction_devices: printers that copy and scan, likewise.
        workplaces_to_automate: all that the facility needs, by the end of the year.
        workplaces_on_network: of those, how many are connected.
    """

    __tablename__ = "equipment"
    __table_args__ = {"schema": "dispatch"}

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    workplaces: Mapped[int]
    multifunction_devices: Mapped[int]
    workplaces_to_automate: Mapped[int]
    workplaces_on_network: Mapped[int]


class ProgrammeExpense(Base):
    """What was spent in a year, in whole roubles, and by which act."""

    __tablename__ = "programme_expense"
    __table_args__ = {"schema": "dispatch"}

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    roubles: Mapped[int] = mapped_column(BigInteger)
    basis_en: Mapped[str]
    basis_ru: Mapped[str]
