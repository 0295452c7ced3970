"""The joined records of a facility are listed by its own index, the newest first."""

from alembic import op

revision = "0077"
down_revision = "0076"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_merge_facility_id_merged_at ON identity.merge (facility_id, merged_at DESC, id)"
    )
