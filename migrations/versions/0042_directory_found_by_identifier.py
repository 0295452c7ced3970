"""Resources of the directory are found by an identifier that they carry: a condition of a sender asks so for each of its entries."""

from alembic import op

revision = "0042"
down_revision = "0041"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_directory_resource_identifier ON emr.directory_resource "
        "USING gin (jsonb_extract_path(content, 'identifier') jsonb_path_ops)"
    )
