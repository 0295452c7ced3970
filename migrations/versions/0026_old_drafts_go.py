"""Drafts whose time is over go, whether or not their author ever comes back: the worker sweeps them, and sees no others.

It may know only when they were typed, and only of those that it is to remove.
"""

from alembic import op

from foundation.postgres.roles import WORKER

revision = "0026"
down_revision = "0025"

# emr/drafts/rules.py, said in SQL: whatever the worker asks for, what may still be wanted stays.
OVER = "updated_at < now() - interval '90 days'"


def upgrade() -> None:
    op.execute(f"GRANT SELECT (updated_at), DELETE ON emr.draft TO {WORKER}")
    op.execute(f"CREATE POLICY emr_draft_over ON emr.draft TO {WORKER} USING ({OVER}) WITH CHECK (false)")
    op.execute("CREATE INDEX ix_draft_updated_at ON emr.draft (updated_at)")
