"""An operator's command seals identifiers anew when the service's secret is changed: the loader may replace what is sealed."""

from alembic import op

from migrations.walls import LOADER

revision = "0041"
down_revision = "0040"


def upgrade() -> None:
    op.execute(f"GRANT UPDATE (value_digest, value_sealed) ON identity.patient_identifier TO {LOADER}")
