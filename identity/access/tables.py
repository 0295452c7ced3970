"""Who cares for whom: the one fact from which staff's right to see a patient follows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id
from identity.access.enumerations import CareBasis


class CareRelation(Base):
    """A facility cares for a patient from `began_at` until `ends_at` ('infinity' while open).

    `staff_id` is the one person there who does; NULL where everybody there may, as far as their role goes.
    """

    __tablename__ = "care_relation"
    __table_args__ = (
        UniqueConstraint(
            *("patient_id", "facility_id", "basis", "staff_id"),
            name="uq_care_relation_patient_id",
            # What the wall asks of a relation is in the index, so that no row is read for it.
            postgresql_include=["began_at", "ends_at"],
            postgresql_nulls_not_distinct=True,
        ),
        {"schema": "identity", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    facility_id: Mapped[UUID] = mapped_column(ForeignKey("identity.facility.id"))
    basis: Mapped[CareBasis]
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.staff_member.id"))
    began_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
    ends_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=text("'infinity'"))
