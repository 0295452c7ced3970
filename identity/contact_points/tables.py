"""Contact points of people, what became of them, the links that confirm them, and what people want to be told."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base, StoredEnum
from foundation.identifiers import new_id
from identity.contact_points.enumerations import ContactSystem, Method, NoticeTopic

# For what the values of the table are sealed.
SEALED_AS = "contact point"
# For what the token of a link is sealed while its letter waits.
LINK_SEALED_AS = "link of a contact point"


class ContactPoint(Base):
    """An address or a telephone of a patient or of a member of staff, one of the two.

    Attributes:
        value_sealed: readable only with the service's key.
        entered_by: the registrar; None where its owner entered it.
    """

    __tablename__ = "contact_point"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.patient.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    system: Mapped[ContactSystem] = mapped_column(StoredEnum(ContactSystem))
    value_sealed: Mapped[bytes]
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    entered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class ContactPointEnd(Base):
    """It is used no more: taken away, or another came in its place."""

    __tablename__ = "contact_point_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    contact_point_id: Mapped[UUID] = mapped_column(ForeignKey("identity.contact_point.id"), primary_key=True)
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class ContactPointConfirmation(Base):
    """It is its owner's: a link was opened that was sent there, or a registrar has seen it. By a link a function alone writes it."""

    __tablename__ = "contact_point_confirmation"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    contact_point_id: Mapped[UUID] = mapped_column(ForeignKey("identity.contact_point.id"), primary_key=True)
    method: Mapped[Method] = mapped_column(StoredEnum(Method))
    entered_by: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    confirmed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class ContactPointRefusal(Base):
    """A mail server has said for good that it takes nothing for this address."""

    __tablename__ = "contact_point_refusal"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    contact_point_id: Mapped[UUID] = mapped_column(ForeignKey("identity.contact_point.id"), primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))


class ContactLink(Base):
    """A link that is sent to an address: the letter holds the token, the database its digest.

    Attributes:
        language: of the letter, "en" or "ru".
    """

    __tablename__ = "contact_link"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    contact_point_id: Mapped[UUID] = mapped_column(ForeignKey("identity.contact_point.id"))
    token_sha256: Mapped[bytes]
    language: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
    expires_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=text("now() + interval '24 hours'")
    )


class NoticeChoice(Base):
    """Whether somebody wants to be told of something by e-mail, and in which language; the newest of a topic stands."""

    __tablename__ = "notice_choice"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.patient.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    topic: Mapped[NoticeTopic] = mapped_column(StoredEnum(NoticeTopic))
    wanted: Mapped[bool]
    language: Mapped[str]
    chosen_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=text("clock_timestamp()")
    )
