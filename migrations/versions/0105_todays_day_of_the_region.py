"""What is in force today is in force by the region's day, not by that of the clock where the database stands.

Between the region's midnight and the database's a rule of today held nothing yet, and one that had ended went on holding: labels of
entries, what may be closed or hidden, and from what age. Whoever connects says in `app.zone` by which clock the region counts its
days; where nobody does, as in a process of the version before, it is the clock of UTC, which was everybody's.

A death is still taken for the day after the database's own: that only lets in what the service has looked at already.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0105"
down_revision = "0104"

SCHEMAS = ("emr", "identity")
ASKING = """
    SELECT p.oid::regprocedure::text AS name, pg_get_userbyid(p.proowner) AS owner, pg_get_functiondef(p.oid) AS told
    FROM pg_proc p WHERE p.pronamespace IN ('emr'::regnamespace, 'identity'::regnamespace)
      AND p.oid <> 'identity.record_death'::regproc AND (p.prosrc LIKE '%current_date%' OR p.prosrc LIKE '%now()::date%')
"""
TODAY = "foundation.today()"


def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION foundation.today() RETURNS date LANGUAGE sql STABLE PARALLEL SAFE RETURN "
        "(now() AT TIME ZONE coalesce(nullif(current_setting('app.zone', true), ''), 'UTC'))::date"
    )
    for schema in SCHEMAS:
        op.execute(f"GRANT CREATE ON SCHEMA {schema} TO {DOORKEEPER}")
    _ask_instead()
    for schema in SCHEMAS:
        op.execute(f"REVOKE CREATE ON SCHEMA {schema} FROM {DOORKEEPER}")


def _ask_instead() -> None:
    connection = op.get_bind()
    for name, owner, told in connection.execute(sa.text(ASKING)).all():
        for said, instead in (
            ("a.valid_from <= now()", f"a.valid_from <= {TODAY}"),
            ("now()::date", TODAY),
            ("current_date", TODAY),
        ):
            told = told.replace(said, instead)
        if owner not in (OWNER, DOORKEEPER):
            raise RuntimeError(f"{name} is nobody's who is known here")
        op.execute(f"SET LOCAL ROLE {owner}")
        connection.exec_driver_sql(told.replace("%", "%%"))
        op.execute(f"SET LOCAL ROLE {OWNER}")
