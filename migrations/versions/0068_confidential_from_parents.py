"""What a parent no longer reads of a child from an age on, as rows of data with their legal basis and dates.

Which labels these are at this moment is asked once for each statement, and only where a labelled row is met. Who acts for
somebody tells in `app.zone` by which clock the child has its birthday; without it, as of a process of the version before, the
day in Greenwich counts. `identity.session_of` tells the rules of today to the application, whose wall says the same.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import UUID

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import SERVICE_ROLES

revision = "0068"
down_revision = "0067"

SINCE = sa.text("DATE '2012-01-01'")
BASIS = ("323-FZ, art. 22 part 2 and art. 54 part 2", "323-ФЗ, ч. 2 ст. 22 и ч. 2 ст. 54")
# A minor who is ill with addiction decides alone a year later.
FROM_AGE = {"PSY": 15, "HIV": 15, "GDIS": 15, "SEX": 15, "R": 15, "ETH": 16}
TODAY = "(now() AT TIME ZONE coalesce(nullif(current_setting('app.zone', true), ''), 'UTC'))::date"
CLOSED = "(restrictions IS NULL OR NOT restrictions && (SELECT identity.hidden_from_actor()))"


def upgrade() -> None:
    _rules()
    _birthday()
    _walls()
    _session_of()


def _rules() -> None:
    table = op.create_table(
        "confidentiality_rule",
        sa.Column("id", UUID, primary_key=True, server_default=sa.text("gen_random_uuid()")),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("from_age", sa.Integer, sa.CheckConstraint("from_age BETWEEN 0 AND 120"), nullable=False),
        sa.Column("basis_en", sa.Text, nullable=False),
        sa.Column("basis_ru", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date, nullable=False, server_default=sa.text("'infinity'")),
        sa.UniqueConstraint("label", "valid_from", name="uq_confidentiality_rule_label"),
        schema="identity",
    )
    op.execute(
        f"GRANT SELECT ON identity.confidentiality_rule TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}; "
        f"GRANT INSERT, UPDATE ON identity.confidentiality_rule TO {LOADER}"
    )
    basis_en, basis_ru = BASIS
    for label, years in FROM_AGE.items():
        op.execute(
            table.insert().values(
                label=label, from_age=years, basis_en=basis_en, basis_ru=basis_ru, valid_from=SINCE
            )
        )


def _birthday() -> None:
    # As identity/delegations/rules/ages.py reckons it: who was born on 29 February has it on 1 March where there is none.
    op.execute(
        """
        CREATE FUNCTION identity.birthday(born date, years integer) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN (born + make_interval(years => years))::date
             + (extract(day FROM born) <> extract(day FROM born + make_interval(years => years)))::integer
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION identity.hidden_from_actor() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
        RETURN CASE WHEN foundation.actor_delegation() IS NULL THEN '{{}}'::text[] ELSE coalesce(
            (SELECT CASE WHEN d.kind <> 'parent' THEN '{{}}'::text[] ELSE array(
                SELECT r.label FROM identity.confidentiality_rule r, identity.patient p
                WHERE p.id = d.patient_id AND {TODAY} BETWEEN r.valid_from AND r.valid_to
                  AND {TODAY} >= identity.birthday(p.birth_date, r.from_age)) END
             FROM identity.delegation d WHERE d.id = foundation.actor_delegation()),
            -- By a right that nobody knows nothing of this is open.
            array(SELECT label FROM identity.confidentiality_rule)) END
        """
    )


def _walls() -> None:
    """An entry is open where one of its versions is."""
    for name in ("entry_version", "signature", "entry_summary"):
        policy = f"emr_{name}_own"
        asked = op.get_bind().scalar(
            sa.text("SELECT qual FROM pg_policies WHERE schemaname = 'emr' AND policyname = :policy"),
            {"policy": policy},
        )
        op.execute(f"ALTER POLICY {policy} ON emr.{name} TO {WEB} USING ({asked} AND {CLOSED})")
    # To whoever acts for somebody, a notice of an entry is open where the entry is.
    asked = op.get_bind().scalar(
        sa.text(
            "SELECT qual FROM pg_policies WHERE schemaname = 'portal' AND policyname = 'portal_notice_own'"
        )
    )
    op.execute(
        f"ALTER POLICY portal_notice_own ON portal.notice TO {WEB} USING ({asked} AND ("
        "(SELECT foundation.actor_delegation()) IS NULL OR kind NOT IN ('entry', 'amendment', 'correction') "
        "OR EXISTS (SELECT FROM emr.entry_summary s WHERE s.entry_id = notice.object_id)))"
    )


def _session_of() -> None:
    """The function of today with one column more."""
    connection = op.get_bind()
    told = connection.scalar(sa.text("SELECT pg_get_functiondef('identity.session_of'::regproc)"))
    told, columns = re.subn(r"(RETURNS TABLE\(.*?)\)\n", r"\1, confidential_ages jsonb)\n", told, count=1)
    ages = (
        ", CASE WHEN d.kind = 'parent' THEN (SELECT jsonb_object_agg(r.label, r.from_age) "
        "FROM identity.confidentiality_rule r WHERE now()::date BETWEEN r.valid_from AND r.valid_to) END\n"
    )
    told, rows = re.subn(r"\n(\s*FROM identity\.session s\b)", lambda found: ages + found[1], told, count=1)
    if (columns, rows) != (1, 1):
        raise RuntimeError("identity.session_of is not the function that this was written for")
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("DROP FUNCTION identity.session_of")
    connection.exec_driver_sql(told.replace("%", "%%"))
    op.execute("REVOKE ALL ON FUNCTION identity.session_of FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.session_of TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
