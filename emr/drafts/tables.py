"""Texts that are being typed. They are no part of the record: nobody but their author ever sees them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.drafts.enumerations import DraftForm
from foundation.clock import now
from foundation.database.tables import Base


class Draft(Base):
    """What its author has typed into one form.

    `id` is made when the form is opened: it is the identity of the entry or referral that the text will become, or of the
    entry that it changes. `content` holds the form's fields by name, as they were typed; `version` counts the savings.
    """

    __tablename__ = "draft"
    __table_args__ = {"schema": "emr", "implicit_returning": False}

    author_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    form: Mapped[DraftForm]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
