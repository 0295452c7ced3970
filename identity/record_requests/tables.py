"""Who asks for their record to be found, and what came of it."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.clock import today as today_here
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.record_requests.enumerations import Outcome


class RecordRequest(Base):
    """The person of an account asks the registrars of a facility; once a day, however often they send it.

    `proven_sealed` is what the provider has proven about the person, readable only with the service's key.
    """

    __tablename__ = "record_request"
    __table_args__ = (
        UniqueConstraint("account_id", "facility_id", "asked_on"),
        {"schema": "identity", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    proven_sealed: Mapped[bytes]
    asked_on: Mapped[date] = mapped_column(default=today_here)
    asked_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class RecordRequestAnswer(Base):
    """A registrar has answered a request, which may be deleted before this is. `reason` is a RefusalReason; "" of a link."""

    __tablename__ = "record_request_answer"
    __table_args__ = {"schema": "identity", "implicit_returning": False}

    request_id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("identity.account.id"))
    outcome: Mapped[Outcome]
    reason: Mapped[str] = mapped_column(default="")
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    answered_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
