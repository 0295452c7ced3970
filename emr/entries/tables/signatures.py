"""Signatures: who vouches for which version."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ARRAY, FetchedValue, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id


class SignatureMeaning(StrEnum):
    AUTHOR = "author"
    SOURCE = "source"  # the sending system vouches for it; no person of ours signed


class Signature(Base):
    """From this moment the version belongs to the record; there is at most one for each version."""

    __tablename__ = "signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "number", "patient_id"],
            ["emr.entry_version.entry_id", "emr.entry_version.number", "emr.entry_version.patient_id"],
        ),
        UniqueConstraint("entry_id", "number"),
        {"schema": "emr", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID]
    number: Mapped[int]
    patient_id: Mapped[UUID]
    signer_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    meaning: Mapped[SignatureMeaning]
    method: Mapped[str]
    # Of what is signed here the database sets both.
    signed_sha256: Mapped[str] = mapped_column(server_default=FetchedValue())
    signed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FetchedValue())
    restrictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), server_default=FetchedValue())
