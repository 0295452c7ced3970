"""By which rules the lines of the records were drawn: one row at most, so that a version with others draws them anew."""

from alembic import op

from migrations.walls import LOADER

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE emr.drawing_rules (
            digest text CONSTRAINT pk_drawing_rules PRIMARY KEY,
            drawn_at timestamptz NOT NULL
        )
        """
    )
    op.execute(f"GRANT SELECT, INSERT, DELETE ON emr.drawing_rules TO {LOADER}")
