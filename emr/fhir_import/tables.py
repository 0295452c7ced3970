"""What waits for a person to decide, and what was decided. Nothing here is ever changed or deleted."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.content.tables import FhirJson
from emr.fhir_import.enumerations import ConflictDecision, ConflictKind
from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class ImportConflict(Base):
    """A sender tells of a patient otherwise than the register does, or less than it asks for.

    `told` is who they are by the sender's account; `held` the resources that wait with them, of which nothing is stored,
    `waiting` how many these are beside the patient.
    """

    __tablename__ = "import_conflict"
    __table_args__ = (UniqueConstraint("patient_id", "kind", "content_sha256"), {"schema": "emr"})

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    kind: Mapped[ConflictKind]
    source_system: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    held: Mapped[dict[str, Any]] = mapped_column(FhirJson)
    facility_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.facility.id"))
    waiting: Mapped[int] = mapped_column(
        Computed(
            "jsonb_array_length(jsonb_path_query_array(held, "
            "'$.resources[*] ? (@.resource.resourceType != \"Patient\")'))",
            persisted=True,
        )
    )
    content_sha256: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)


class ImportConflictDecision(Base):
    """What somebody decided, and why; `decided_by` is the operator's name on the machine."""

    __tablename__ = "import_conflict_decision"
    __table_args__ = ({"schema": "emr"},)

    conflict_id: Mapped[UUID] = mapped_column(ForeignKey("emr.import_conflict.id"), primary_key=True)
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("identity.patient.id"))
    decision: Mapped[ConflictDecision]
    reason: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
