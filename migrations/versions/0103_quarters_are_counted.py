"""The quarterly form of the ministry: counted once a day by the worker, kept with its digest, read by analysts. No patient stands in it.

A process of the version before knows nothing of it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from foundation.postgres.roles import LOADER, WEB, WORKER
from migrations.walls import forbid_change

revision = "0103"
down_revision = "0102"

TABLE = "dispatch.quarter_count"


def upgrade() -> None:
    op.create_table(
        "quarter_count",
        sa.Column("quarter", sa.Date, primary_key=True),
        sa.Column("cut_off", TIMESTAMP(timezone=True), primary_key=True),
        sa.Column("lines", JSONB, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.CheckConstraint("jsonb_typeof(lines) = 'array'", name="lines"),
        sa.CheckConstraint("quarter = date_trunc('quarter', quarter)", name="quarter"),
        schema="dispatch",
    )
    op.create_index("ix_quarter_count_cut_off", "quarter_count", ["cut_off"], schema="dispatch")
    op.create_index("ix_referral_submitted_at", "referral", ["submitted_at"], schema="dispatch")
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {TABLE} TO {WEB}, {LOADER}, {WORKER}")
    op.execute(f"GRANT INSERT ON {TABLE} TO {WORKER}")
    op.execute(
        f"CREATE POLICY quarter_count_analyst ON {TABLE} FOR SELECT TO {WEB} "
        "USING ((SELECT foundation.actor_role()) = 'ministry-analyst')"
    )
    op.execute(f"CREATE POLICY quarter_count_loader ON {TABLE} FOR SELECT TO {LOADER} USING (true)")
    op.execute(f"CREATE POLICY quarter_count_worker ON {TABLE} TO {WORKER} USING (true) WITH CHECK (true)")
    forbid_change(TABLE)
