"""How many frames of an object were decoded once on our side, and how many of them could not be.

Zero tried frames say nothing of an object: nobody has tried, or nobody here decodes its syntax. Processes of the version
before leave both columns as they are.
"""

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    for column in ("tried_frame_count", "undecodable_frame_count"):
        op.execute(f"ALTER TABLE archive.instance ADD COLUMN {column} integer NOT NULL DEFAULT 0")
