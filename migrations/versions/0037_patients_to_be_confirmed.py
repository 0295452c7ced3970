"""Patients of whom less is known than the register asks for, and what senders tell of a person otherwise than we know it.

Both wait for a person who decides. A process of the version before enters nobody whom it would have refused, and its
patients are not provisional.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

from foundation.postgres.roles import LOADER
from migrations.walls import forbid_change

revision = "0037"
down_revision = "0036"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE identity.patient ADD COLUMN provisional boolean NOT NULL DEFAULT false, "
        "DROP CONSTRAINT ck_patient_birth_precision, "
        "ADD CONSTRAINT ck_patient_birth_precision CHECK (birth_precision IN ('year', 'month', 'day', 'unknown'))"
    )
    op.create_table(
        "import_conflict",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column(
            "kind",
            sa.Text,
            sa.CheckConstraint("kind IN ('provisional', 'birth_date', 'name')"),
            nullable=False,
        ),
        sa.Column("source_system", sa.Text, nullable=False),
        sa.Column("told", JSONB, nullable=False),
        sa.Column("held", JSONB, nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("raised_at", TIMESTAMP(timezone=True), nullable=False),
        sa.UniqueConstraint("patient_id", "kind", "content_sha256"),
        schema="emr",
    )
    op.create_table(
        "import_conflict_decision",
        sa.Column("conflict_id", UUID, sa.ForeignKey("emr.import_conflict.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column(
            "decision", sa.Text, sa.CheckConstraint("decision IN ('accepted', 'rejected')"), nullable=False
        ),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.Column("decided_by", sa.Text, sa.CheckConstraint("decided_by <> ''"), nullable=False),
        sa.Column("decided_at", TIMESTAMP(timezone=True), nullable=False),
        schema="emr",
    )
    op.create_index("ix_import_conflict_raised_at", "import_conflict", ["raised_at"], schema="emr")
    for name in ("import_conflict", "import_conflict_decision"):
        op.execute(f"ALTER TABLE emr.{name} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE emr.{name} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON emr.{name} TO {LOADER}")
        op.execute(
            f"CREATE POLICY emr_{name}_loader ON emr.{name} TO {LOADER} USING (true) WITH CHECK (true)"
        )
        forbid_change(f"emr.{name}")
