"""That histories hold is looked up daily, a piece at a time: how far that is, and what was found, stands in a table."""

from alembic import op

from migrations.walls import LOADER, SERVICE_ROLES, WORKER

revision = "0031"
down_revision = "0030"

CHANGED = "finished_at, looks_at, goes_on, checked, breaks, broken"


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE foundation.verification (
            id uuid CONSTRAINT pk_verification PRIMARY KEY,
            name text NOT NULL,
            began_at timestamptz NOT NULL,
            finished_at timestamptz,
            looks_at text NOT NULL,
            goes_on jsonb NOT NULL,
            checked jsonb NOT NULL,
            breaks integer NOT NULL,
            broken jsonb NOT NULL
        )
        """
    )
    op.execute("CREATE INDEX ix_verification_name ON foundation.verification (name, finished_at)")
    op.execute(f"GRANT SELECT ON foundation.verification TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT INSERT, UPDATE ({CHANGED}) ON foundation.verification TO {WORKER}, {LOADER}")
    # The worker draws no lines, but must know by which rules those were drawn that it compares.
    op.execute(f"GRANT SELECT ON emr.drawing_rules TO {WORKER}")
