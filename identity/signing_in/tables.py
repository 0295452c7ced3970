"""Sign-ins under way, and logout messages that were taken: only digests of what the browser and the provider hold."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base


class SignInAttempt(Base):
    """A browser went to an identity provider and has not come back yet; deleted when it does."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = {"schema": "identity"}

    state_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    browser_sha256: Mapped[bytes]
    provider: Mapped[str]
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    # A path of ours, to which the person is led once they are signed in; empty for their first page.
    page_asked_for: Mapped[str] = mapped_column(default="")
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class LogoutMessage(Base):
    """A back-channel logout message that was taken: the same one is not taken again."""

    __tablename__ = "logout_message"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    issuer: Mapped[str] = mapped_column(primary_key=True)
    number_sha256: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
