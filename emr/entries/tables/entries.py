"""Entries and their versions. Nothing here is ever changed or deleted: the database refuses it to everybody."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, FetchedValue, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.content.tables import FhirJson
from emr.entries.enumerations import Kind
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Entry(Base):
    """One thing in a patient's record: only who it is; what it says stands in its versions.

    `source_system` and `source_identifier` tell an entry that another system sent; entries written here have neither.
    `restrictions`, here and in what tells of the entry, are the words of what keeps it from some who read the record
    (`emr.sensitivity`); NULL where nothing does. The database sets them.
    """

    __tablename__ = "entry"
    __table_args__ = (
        UniqueConstraint("source_system", "source_identifier"),
        UniqueConstraint("id", "patient_id"),
        {"schema": "emr", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    kind: Mapped[Kind]
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    created_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    source_system: Mapped[str | None]
    source_identifier: Mapped[str | None]
    restrictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), server_default=FetchedValue())


class EntryVersion(Base):
    """What an entry said from `recorded_at` on. Before it is signed only its author sees it.

    `effective_at` is when the thing happened to the patient, `recorded_at` when it was written down here. Of what is
    written here the database sets `recorded_at` and both digests.
    """

    __tablename__ = "entry_version"
    __table_args__ = (
        ForeignKeyConstraint(["entry_id", "patient_id"], ["emr.entry.id", "emr.entry.patient_id"]),
        UniqueConstraint("entry_id", "number", "patient_id"),
        {"schema": "emr", "implicit_returning": False},
    )

    entry_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    patient_id: Mapped[UUID]
    content: Mapped[dict[str, Any]] = mapped_column(FhirJson)
    content_sha256: Mapped[str]
    previous_sha256: Mapped[str]
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    author_role: Mapped[str]
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    effective_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    reason: Mapped[str] = mapped_column(default="")
    # Of one that is not signed those that its own content demands.
    restrictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), server_default=FetchedValue())
