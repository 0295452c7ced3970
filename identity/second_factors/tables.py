"""Passkeys of staff, their ends, and what a browser was asked and has not answered yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, func
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.second_factors.enumerations import Ceremony


class Passkey(Base):
    """A key pair of a member of staff: what is secret never leaves their device (WebAuthn Level 3, section 4).

    Attributes:
        transports: how a browser reaches the device, parted by commas; empty where it did not say.
        sign_count: how often the device says that it has signed; 0 where it does not count.
    """

    __tablename__ = "passkey"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[str] = mapped_column(server_default="")
    name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))


class PasskeyEnd(Base):
    """The passkey counts no more. It is kept, so that it is never taken for a new one."""

    __tablename__ = "passkey_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    passkey_id: Mapped[UUID] = mapped_column(ForeignKey("identity.passkey.id"), primary_key=True)
    staff_id: Mapped[UUID]
    reason: Mapped[str]
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())


class PasskeyChallenge(Base):
    """What a browser was asked to sign in one session: one at a time for each ceremony, taken once."""

    __tablename__ = "passkey_challenge"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.session.id"), primary_key=True)
    ceremony: Mapped[Ceremony] = mapped_column(primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"), index=True)
    challenge: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class PasskeyReset(Base):
    """An administrator asks that a colleague's passkeys count no more. Without a confirmation it comes to nothing."""

    __tablename__ = "passkey_reset"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"), index=True)
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    reason: Mapped[str]
    asked_at: Mapped[datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now(), index=True
    )


class PasskeyResetConfirmation(Base):
    """Another administrator confirms it: every passkey that was made before counts no more."""

    __tablename__ = "passkey_reset_confirmation"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    reset_id: Mapped[UUID] = mapped_column(ForeignKey("identity.passkey_reset.id"), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(index=True)
    confirmed_by: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    confirmed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=func.now())
