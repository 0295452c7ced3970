"""The studies that came last are found without reading all of them: a radiologist's first page lists them."""

from alembic import op

revision = "0076"
down_revision = "0075"


def upgrade() -> None:
    op.create_index("ix_study_arrived_at", "study", ["arrived_at"], schema="archive")
