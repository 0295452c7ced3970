"""Patients and the identifiers they are known by."""

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from foundation.language.dates import Precision
from identity.people.enumerations import AdministrativeGender


class Patient(Base):
    """One person of the region. `sort_key` orders names with ё beside е, whatever the database's collation.

    `birth_date` is the first day that it can have been, where less than the day is known: `birth_precision` says how much.
    `provisional`: less is known than the register asks for, and nobody has confirmed who they are.
    `death_precision` is none while no record tells of a death, and unknown where none tells its day.
    `recorded_death_on`: what stands of a registrar's record of it (identity.deaths). Only functions write it, for every door asks.
    `merged_into`: the record that this one is a part of now (identity.merges). Only functions write it.
    """

    __tablename__ = "patient"
    __table_args__ = {"schema": "identity"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    birth_date: Mapped[date]
    birth_precision: Mapped[Precision] = mapped_column(default=Precision.DAY)
    death_date: Mapped[date | None]
    death_precision: Mapped[Precision | None]
    recorded_death_on: Mapped[date | None]
    merged_into: Mapped[UUID | None] = mapped_column(ForeignKey("identity.patient.id"))
    sex: Mapped[AdministrativeGender]
    provisional: Mapped[bool] = mapped_column(default=False)
    sort_key: Mapped[str]


# For what the values of the table are sealed.
SEALED_AS = "patient identifier"


class PatientIdentifier(Base):
    """An identifier, findable by its keyed digest and readable only with the service's key.

    `system` is a FHIR identifier system, such as urn:oid:1.2.643.100.3 for SNILS.
    """

    __tablename__ = "patient_identifier"
    __table_args__ = (
        UniqueConstraint("system", "value_digest"),
        {"schema": "identity"},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    system: Mapped[str]
    value_digest: Mapped[bytes]
    value_sealed: Mapped[bytes]
