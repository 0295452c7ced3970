"""The directory: imported organisations, practitioners, places and the like that records refer to. No patient data."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, literal_column
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from emr.content.tables import FhirJson
from foundation.clock import now
from foundation.database.tables import Base
from foundation.identifiers import new_id


class DirectoryResource(Base):
    """One state of a directory resource; records refer to `resource_id`, which its states share.

    Several senders describe the same organisation in different words. Every description is kept once, so that
    importing the same files again, in whatever order, changes nothing.
    """

    __tablename__ = "directory_resource"
    __table_args__ = (
        UniqueConstraint("resource_type", "source_system", "source_identifier", "content_sha256"),
        Index("ix_directory_resource_resource_id", "resource_id", "recorded_at"),
        Index(
            "ix_directory_resource_identifier",
            literal_column("jsonb_extract_path(content, 'identifier')").label("identifier"),
            postgresql_using="gin",
            postgresql_ops={"identifier": "jsonb_path_ops"},
        ),
        {"schema": "emr", "implicit_returning": False},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    resource_id: Mapped[UUID]
    resource_type: Mapped[str]
    source_system: Mapped[str]
    source_identifier: Mapped[str]
    name: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(FhirJson)
    content_sha256: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True), default=now)
