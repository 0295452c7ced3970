"""Whoever has lost every passkey gets rid of them by two administrators: one asks, another confirms within a day.

Neither sees or ends a passkey. One that was made before a confirmation counts no more; a process of the version before lets it count
until it is replaced.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from migrations.walls import WEB, forbid_change

revision = "0062"
down_revision = "0061"

MEMBER = "identity.staff_member.id"
MOMENT = TIMESTAMP(timezone=True)
STAFF = "(SELECT foundation.actor_staff())"
ADMINISTRATOR = "(SELECT foundation.actor_role()) = 'administrator'"
ADDS = f"{ADMINISTRATOR} AND (SELECT identity.actor_at_post()) AND staff_id <> {STAFF}"
WAITS = "interval '24 hours'"


def upgrade() -> None:
    op.create_table(
        "passkey_reset",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("staff_id", UUID, sa.ForeignKey(MEMBER), nullable=False, index=True),
        sa.Column("asked_by", UUID, sa.ForeignKey(MEMBER), nullable=False),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False, server_default=sa.text("now()"), index=True),
        sa.UniqueConstraint("id", "staff_id", name="uq_passkey_reset_id_staff_id"),
        schema="identity",
    )
    op.create_table(
        "passkey_reset_confirmation",
        sa.Column("reset_id", UUID, primary_key=True),
        sa.Column("staff_id", UUID, nullable=False, index=True),
        sa.Column("confirmed_by", UUID, sa.ForeignKey(MEMBER), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.ForeignKeyConstraint(
            ["reset_id", "staff_id"], ["identity.passkey_reset.id", "identity.passkey_reset.staff_id"]
        ),
        schema="identity",
    )
    for table in ("passkey_reset", "passkey_reset_confirmation"):
        op.execute(f"ALTER TABLE identity.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE identity.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON identity.{table} TO {WEB}")
        op.execute(
            f"CREATE POLICY {table}_seen ON identity.{table} FOR SELECT TO {WEB} "
            f"USING (staff_id = {STAFF} OR {ADMINISTRATOR})"
        )
        forbid_change(f"identity.{table}")
    op.execute(
        f"CREATE POLICY passkey_reset_add ON identity.passkey_reset FOR INSERT TO {WEB} "
        f"WITH CHECK ({ADDS} AND asked_by = {STAFF} AND asked_at = now())"
    )
    # Not by whoever has asked, and not too late.
    op.execute(
        f"CREATE POLICY passkey_reset_confirmation_add ON identity.passkey_reset_confirmation FOR INSERT TO {WEB} "
        f"WITH CHECK ({ADDS} AND confirmed_by = {STAFF} AND confirmed_at = now() "
        "AND EXISTS (SELECT 1 FROM identity.passkey_reset AS asked WHERE asked.id = reset_id "
        f"AND asked.asked_by <> {STAFF} AND asked.asked_at > now() - {WAITS}))"
    )
