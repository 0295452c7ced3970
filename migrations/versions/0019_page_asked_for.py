"""A sign-in remembers the page that was asked for before it: a path of ours, or nothing."""

from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.sign_in_attempt ADD COLUMN page_asked_for text NOT NULL DEFAULT ''")
