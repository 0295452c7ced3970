"""The staff register: who works for the region's facilities, where and as what."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.people.rules.snils import SNILS_SYSTEM
from identity.roles import Role

# For what the identifiers of the register are sealed.
SEALED_AS = "staff identifier"
# When a post ends that nobody has ended.
FOREVER = text("'infinity'")
FIRST = text("1")


class StaffMember(Base):
    """Somebody who works in the region. The national identifier is found by its keyed digest, and never shown.

    Attributes:
        national_identifier_sealed: with the birth date, from which both are digested anew under another key.
        birth_date_digest: of the identifier and the birth date; None while the register does not know that.
        version: counts what was changed, so that nobody changes what they have not seen.
    """

    __tablename__ = "staff_member"
    __table_args__ = {"schema": "identity"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    family_name: Mapped[str]
    given_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    position_en: Mapped[str]
    position_ru: Mapped[str]
    national_identifier_system: Mapped[str] = mapped_column(server_default=SNILS_SYSTEM)
    national_identifier_digest: Mapped[bytes | None] = mapped_column(unique=True)
    national_identifier_sealed: Mapped[bytes | None]
    birth_date_digest: Mapped[bytes | None]
    version: Mapped[int] = mapped_column(server_default=FIRST)


class StaffPost(Base):
    """A role at a facility for a time: what a staff member may do follows from the post, not from the person.

    Attributes:
        reason: why it is given, or ends as it does: the database moves it into the change, and leaves nothing here.
    """

    __tablename__ = "staff_post"
    __table_args__ = {"schema": "identity"}

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_member.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    role: Mapped[Role]
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=FOREVER)
    reason: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default=FIRST)


class StaffPostChange(Base):
    """That a post was given, or its end changed: written by the database with every change of a post.

    Attributes:
        number: from 1, which gave it.
        ends_at: when the post ends since then.
        staff_id: who did it; None for an operator's table.
    """

    __tablename__ = "staff_post_change"
    __table_args__ = {"schema": "identity"}

    post_id: Mapped[UUID] = mapped_column(ForeignKey("identity.staff_post.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    reason: Mapped[str]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("now()"))
