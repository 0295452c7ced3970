"""Tables of the portal room: notices and visits."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import WORKER, forbid_change, guard_patient_table, make_schema

revision = "0006"
down_revision = "0005"

MOMENT = TIMESTAMP(timezone=True)


def upgrade() -> None:
    make_schema("portal")
    _notices()
    _visits()


def _notices() -> None:
    op.create_table(
        "notice",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("object_id", UUID, nullable=False),
        sa.Column("occurrence", sa.Text, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.UniqueConstraint("patient_id", "kind", "object_id", "occurrence", name="uq_notice_patient_id"),
        schema="portal",
    )
    op.create_index(
        "ix_notice_patient_id_happened_at", "notice", ["patient_id", "happened_at"], schema="portal"
    )
    guard_patient_table("portal.notice")
    # The worker writes them, from the outbox.
    op.execute(f"GRANT INSERT ON portal.notice TO {WORKER}")
    op.execute(f"CREATE POLICY portal_notice_add ON portal.notice FOR INSERT TO {WORKER} WITH CHECK (true)")
    forbid_change("portal.notice")


def _visits() -> None:
    op.create_table(
        "record_visit",
        sa.Column("session_id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        schema="portal",
    )
    op.create_index(
        "ix_record_visit_patient_id_began_at", "record_visit", ["patient_id", "began_at"], schema="portal"
    )
    guard_patient_table("portal.record_visit", patient_may_write=True)
    forbid_change("portal.record_visit")
