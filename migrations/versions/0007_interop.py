"""Tables of the interop room: what was handed out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import forbid_change, guard_patient_table, make_schema

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    make_schema("interop")
    op.create_table(
        "export",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("account_id", UUID, nullable=False),
        sa.Column("made_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("resource_count", sa.Integer, nullable=False),
        schema="interop",
    )
    guard_patient_table("interop.export", patient_may_write=True)
    forbid_change("interop.export")
