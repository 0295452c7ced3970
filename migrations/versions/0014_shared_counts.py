"""How often an address tried to sign in lately, counted for all processes together.

Unlogged: a count lives for a minute, and no sign-in waits for the disk because of it.
"""

from alembic import op

from migrations.walls import WEB

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute(
        """
        CREATE UNLOGGED TABLE foundation.shared_count (
            key text CONSTRAINT pk_shared_count PRIMARY KEY,
            times integer NOT NULL,
            ends_at timestamptz NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_shared_count_ends_at ON foundation.shared_count (ends_at)")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON foundation.shared_count TO {WEB}")
