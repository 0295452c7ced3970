"""Sessions and sign-ins under way. Of what the browser holds only digests are kept, of what the provider said about a
person only who it was, and its token sealed while the session lives: a leak of the database opens no session.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class Session(Base):
    """Somebody is signed in: a citizen (patient_id), a citizen who acts for another (patient_id by delegation_id, who is
    own_patient_id), or a member of staff at a post (staff, facility, role)."""

    __tablename__ = "session"
    __table_args__ = {"schema": "identity"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_sha256: Mapped[bytes] = mapped_column(unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    actor_kind: Mapped[str]
    patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.patient.id"))
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    role: Mapped[str]
    delegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.delegation.id"))
    own_patient_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.patient.id"))
    provider: Mapped[str]
    issuer: Mapped[str]
    subject: Mapped[str]
    provider_session: Mapped[str] = mapped_column(default="")
    level: Mapped[int]  # an Assurance
    browser_family: Mapped[str] = mapped_column(server_default="")
    browser_system: Mapped[str] = mapped_column(server_default="")
    authenticated_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    second_factor: Mapped[str] = mapped_column(server_default="")  # a FactorKind, where one was given
    second_factor_at: Mapped[datetime | None] = mapped_column(TIMESTAMP(timezone=True))
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    last_seen_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    expires_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))


# For what the values of the table are sealed.
ID_TOKEN = "id token"  # noqa: S105 (what it is, not a secret)


class IdToken(Base):
    """The provider's token of a living session, sealed: shown to the provider to end its side too.

    It may hold the national identifier and the birth date. The row goes in the transaction that ends the session; that
    of an idle session goes at somebody's next sign-in.
    """

    __tablename__ = "id_token"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.session.id"), primary_key=True)
    sealed: Mapped[bytes]


class SessionEnd(Base):
    """The session is over: signed out, ended by the provider, or revoked. The database forgets its token by itself."""

    __tablename__ = "session_end"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    session_id: Mapped[UUID] = mapped_column(ForeignKey("identity.session.id"), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    reason: Mapped[str]
