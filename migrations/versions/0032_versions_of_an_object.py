"""What stood under an object's number before is kept beside the object, and a refused file says who sent it.

A process of the version before writes objects without the digest of what their index leaves out: then nobody takes a
second copy of them for the same where something is left out.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import LOADER
from migrations.walls import forbid_change

revision = "0032"
down_revision = "0031"


def upgrade() -> None:
    op.execute("ALTER TABLE archive.instance ADD COLUMN left_out_sha256 text")
    for column in ("calling_ae_title", "sop_instance_uid"):
        op.execute(f"ALTER TABLE archive.quarantined_file ADD COLUMN {column} text NOT NULL DEFAULT ''")
    op.create_table(
        "superseded_instance",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("sop_instance_uid", sa.Text, nullable=False),
        sa.Column("study_instance_uid", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("content_size", sa.BigInteger, nullable=False),
        sa.Column("content_transfer_syntax_uid", sa.Text, nullable=False),
        sa.Column("served_sha256", sa.Text, nullable=False),
        sa.Column("dicom_json", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("superseded_at", TIMESTAMP(timezone=True), nullable=False),
        schema="archive",
    )
    for column in ("sop_instance_uid", "content_sha256"):
        op.create_index(f"ix_superseded_instance_{column}", "superseded_instance", [column], schema="archive")
    table = "archive.superseded_instance"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT ON {table} TO {LOADER}")
    op.execute(
        f"CREATE POLICY superseded_instance_loader ON {table} TO {LOADER} USING (true) WITH CHECK (true)"
    )
    forbid_change(table)
    # The packed headers of a series are stale once an object of it has another one.
    op.execute(f"GRANT DELETE ON archive.series_metadata TO {LOADER}")
