"""What registrars have confirmed in person, and the codes that they gave. Nothing is changed: an end is a row."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.confirmations.enumerations import DocumentKind, LinkEndReason

NOW = text("now()")


class ConfirmedIdentity(Base):
    """This account is this patient: a registrar has seen a document of theirs.

    Attributes:
        evidence_digest: of the document's number, keyed; with its row's own id, or that of the code.
        request_id: the request that was answered by it; a request is deleted before this is.
        code_id: the one-time code that was typed. One of the two.
    """

    __tablename__ = "confirmed_identity"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    document_kind: Mapped[DocumentKind]
    evidence_digest: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    request_id: Mapped[UUID | None]
    code_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.linking_code.id"), unique=True)
    confirmed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class ConfirmedIdentityEnd(Base):
    """The link is over, and its sessions with it."""

    __tablename__ = "confirmed_identity_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    confirmation_id: Mapped[UUID] = mapped_column(
        ForeignKey("identity.confirmed_identity.id"), primary_key=True
    )
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    reason: Mapped[LinkEndReason]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)


class LinkingCode(Base):
    """Whoever types this code is this patient. `slip`, its first digits, is no secret; of the whole only a digest is kept."""

    __tablename__ = "linking_code"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slip: Mapped[str]
    code_digest: Mapped[bytes]
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    document_kind: Mapped[DocumentKind]
    evidence_digest: Mapped[str]
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    given_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=text("now() + interval '15 minutes'")
    )


class LinkingCodeTry(Base):
    """Somebody typed a wrong code with this one's first digits."""

    __tablename__ = "linking_code_try"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    code_id: Mapped[UUID] = mapped_column(ForeignKey("identity.linking_code.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    tried_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=NOW)
