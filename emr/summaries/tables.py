"""Summaries: one line for each entry that has a signed version. Drawn from the versions, and rebuilt at any time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, FetchedValue, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.entries.enumerations import Kind
from foundation.clock import now
from foundation.database.tables import Base


class EntrySummary(Base):
    """The newest signed version of an entry as the timeline prints it; `facts` holds the words of both languages."""

    __tablename__ = "entry_summary"
    __table_args__ = (
        Index("ix_entry_summary_timeline", "patient_id", "effective_at", "entry_id"),
        {"schema": "emr", "implicit_returning": False},
    )

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("emr.entry.id"), primary_key=True)
    patient_id: Mapped[UUID]
    kind: Mapped[Kind]
    effective_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    facility_id: Mapped[UUID | None]
    author_id: Mapped[UUID | None]
    number: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    restrictions: Mapped[list[str] | None] = mapped_column(ARRAY(Text), server_default=FetchedValue())


class DrawingRules(Base):
    """By which rules (`emr.summaries.rules.drawing`) all summaries were drawn last; no row where nobody knows."""

    __tablename__ = "drawing_rules"
    __table_args__ = ({"schema": "emr", "implicit_returning": False},)

    digest: Mapped[str] = mapped_column(primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
