"""What citizens have shared, who opened it, and what did not open. Nothing is changed: an end is a row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id

NOW = text("now()")
MOMENT = TIMESTAMP(timezone=True)


class Share(Base):
    """A part of a record that a link opens: entries of these kinds that happened from `since` until `until`, or one study.

    Attributes:
        delegation_id: by which somebody made it who acts for the patient; it lives no longer than that right.
        for_whom: a word of the patient's own.
        link_digest, code_digest: keyed; the link and the code themselves are kept nowhere.
    """

    __tablename__ = "share"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    for_whom: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    since: Mapped[datetime | None] = mapped_column(MOMENT)
    until: Mapped[datetime | None] = mapped_column(MOMENT)
    study_uid: Mapped[str] = mapped_column(server_default="")
    link_digest: Mapped[bytes] = mapped_column(unique=True)
    code_digest: Mapped[bytes]
    most_openings: Mapped[int]
    ends_at: Mapped[datetime] = mapped_column(MOMENT)
    made_at: Mapped[datetime] = mapped_column(MOMENT, server_default=NOW)


class ShareEnd(Base):
    """The patient has taken it back."""

    __tablename__ = "share_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    share_id: Mapped[UUID] = mapped_column(ForeignKey("identity.share.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    ended_at: Mapped[datetime] = mapped_column(MOMENT, server_default=NOW)


class ShareOpening(Base):
    """Somebody has opened it, who says themself what they are called and where they work."""

    __tablename__ = "share_opening"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    share_id: Mapped[UUID] = mapped_column(ForeignKey("identity.share.id"), index=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"), index=True)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    opener_name: Mapped[str]
    opener_workplace: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(MOMENT, server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(MOMENT)


class ShareOpeningEnd(Base):
    """Whoever opened it has left."""

    __tablename__ = "share_opening_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    opening_id: Mapped[UUID] = mapped_column(ForeignKey("identity.share_opening.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    ended_at: Mapped[datetime] = mapped_column(MOMENT, server_default=NOW)


class ShareTry(Base):
    """Something that was given as a link did not open, whether or not it is one."""

    __tablename__ = "share_try"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True)
    link_digest: Mapped[bytes] = mapped_column(index=True)
    tried_at: Mapped[datetime] = mapped_column(MOMENT, server_default=NOW)
