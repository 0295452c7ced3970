"""News keep when what they tell of was recorded, beside when the worker heard of it, which is when it became news."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    # Empty of notices from before, and of those that the version before still writes: their day is when they were heard of.
    op.execute("ALTER TABLE portal.notice ADD COLUMN recorded_at timestamptz")
