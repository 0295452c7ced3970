"""The register of devices that send pictures. It holds nothing of patients.

The digest of what an index leaves out names no content that a backup should look for, as every column called sha256 does.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP, UUID

from foundation.postgres.roles import LOADER

revision = "0035"
down_revision = "0034"


def upgrade() -> None:
    op.alter_column("instance", "left_out_sha256", new_column_name="left_out_digest", schema="archive")
    op.create_table(
        "device",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("ae_title", sa.Text, nullable=False, unique=True),
        sa.Column("called_ae_title", sa.Text, nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("storage_classes", ARRAY(sa.Text), nullable=False),
        sa.Column("default_character_set", sa.Text, nullable=False),
        sa.Column("registered_at", TIMESTAMP(timezone=True), nullable=False),
        schema="archive",
    )
    table = "archive.device"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {LOADER}")
    op.execute(f"CREATE POLICY device_loader ON {table} TO {LOADER} USING (true) WITH CHECK (true)")
