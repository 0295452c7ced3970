"""That a study was opened and that a copy of a record left is of the time at which it is told, as all that only grows is.

The account that a copy names is the account of who took it.
"""

from alembic import op

from migrations.walls import WEB

revision = "0040"
down_revision = "0039"

NOW = "BETWEEN now() - interval '10 minutes' AND now() + interval '10 minutes'"


def upgrade() -> None:
    # Asked with every study that is opened, and by a condition alone.
    op.execute(
        f"CREATE POLICY archive_study_reading_now ON archive.study_reading AS RESTRICTIVE FOR INSERT TO {WEB} "
        f"WITH CHECK (read_at {NOW})"
    )
    op.execute(
        f"CREATE POLICY interop_export_own_account ON interop.export AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (account_id = (SELECT foundation.actor_account()))"
    )
    op.execute("ALTER TABLE interop.export ALTER COLUMN made_at SET DEFAULT now()")
    op.execute(
        "CREATE TRIGGER interop_export_told_now BEFORE INSERT ON interop.export FOR EACH ROW "
        "WHEN (NOT foundation.enters_the_past()) EXECUTE FUNCTION foundation.tell_now('made_at')"
    )
