"""With the quarterly form is counted how long each waited who was served, and how many visits were missed: what percentiles follow from.

They stand beside the form and under a digest of their own: a process of the version before counts, reads and compares the form as
ever. NULL where they were not counted.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0108"
down_revision = "0107"


def upgrade() -> None:
    op.add_column("quarter_count", sa.Column("waits", JSONB), schema="dispatch")
    op.add_column("quarter_count", sa.Column("waits_sha256", sa.Text), schema="dispatch")
    op.create_check_constraint(
        "waits",
        "quarter_count",
        "jsonb_typeof(waits) = 'array' AND waits_sha256 IS NOT NULL OR waits IS NULL AND waits_sha256 IS NULL",
        schema="dispatch",
    )
