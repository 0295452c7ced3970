"""What is typed is kept before it is saved, for its author alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

from migrations.walls import WEB

revision = "0021"
down_revision = "0020"

# Nobody else ever sees one: neither the patient, nor colleagues, nor a process that loads, delivers or hands out.
OWN = (
    "(SELECT foundation.actor_role()) = 'doctor' AND author_id = (SELECT foundation.actor_staff()) "
    "AND identity.in_care(patient_id)"
)


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("author_id", UUID, sa.ForeignKey("identity.staff_member.id"), primary_key=True),
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("content", JSONB, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("updated_at", TIMESTAMP(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name="ck_draft_version"),
        schema="emr",
    )
    op.execute("CREATE INDEX ix_draft_author_id ON emr.draft (author_id, updated_at DESC)")
    op.execute("ALTER TABLE emr.draft ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE emr.draft FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON emr.draft TO {WEB}")
    op.execute(f"CREATE POLICY emr_draft_own ON emr.draft TO {WEB} USING ({OWN}) WITH CHECK ({OWN})")
