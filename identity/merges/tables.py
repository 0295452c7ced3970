"""Records that were joined, which of that was undone, and what moved. Nothing is changed: what is undone is a row."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Identity, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base

NOW = text("now()")


class Merge(Base):
    """The record `merged_id` was joined into `survivor_id`. Written by identity.merge_records alone.

    `merged_person` is who the register said that the person of the joined record is. `moved` counts rows by table;
    `evidence_digest` is of the document's number, keyed, with the row's own id, "" where none was shown.
    """

    __tablename__ = "merge"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    merged_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    merged_person: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str]
    document_kind: Mapped[str]
    evidence_digest: Mapped[str]
    accounts_moved: Mapped[bool]
    moved: Mapped[dict[str, Any]] = mapped_column(JSONB)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    merged_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class UndoneMerge(Base):
    """It was an error. Written by identity.undo_merge alone."""

    __tablename__ = "merge_undone"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("identity.merge.id"), primary_key=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    reason: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    undone_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class MergedRow(Base):
    """This row came to belong to the record that stays, and goes back when the two are parted."""

    __tablename__ = "merged_row"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("identity.merge.id"), primary_key=True)
    table_name: Mapped[str] = mapped_column(primary_key=True)
    column_name: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[UUID] = mapped_column(primary_key=True)


class MergedCare(Base):
    """Care that both records had: how it was, and how it was left when they were joined."""

    __tablename__ = "merged_care"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    merge_id: Mapped[UUID] = mapped_column(ForeignKey("identity.merge.id"), primary_key=True)
    relation_id: Mapped[UUID] = mapped_column(ForeignKey("identity.care_relation.id"), primary_key=True)
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    began_then: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    ends_then: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


class RecordPart(Base):
    """What moves with a record, in its order; migrations.walls.moves_with_record says what each column is."""

    __tablename__ = "record_part"
    __table_args__ = {"schema": "identity"}

    place: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    table_name: Mapped[str]
    patient_column: Mapped[str]
    row_column: Mapped[str]
    parent_table: Mapped[str]
    parent_column: Mapped[str]
    alike: Mapped[list[str]] = mapped_column(ARRAY(Text))
    other_column: Mapped[str]
    sealed_column: Mapped[str]
    of_account: Mapped[bool]
