"""Whoever closes a record waits for who is entering care into it, and the other way round: what is closed stays closed.

Care that was being entered while the record was closed looked for the closure before there was one, and was entered after what the
closure ended: it stayed open, and the page said closed. Both hold the row of the patient now, as whoever enters a row that
names them does anyway: those who enter care do not wait for each other, and a bulk load holds nothing more than it did. Care that may not
be closed asks nothing.

Where that has happened it is ended here, and by whoever closes the record once more.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0094"
down_revision = "0093"

LIVING = "t.patient_id = {whose} AND t.facility_id = {place} AND t.ends_at > now() AND t.basis <> 'emergency'"
STANDS = "NOT EXISTS (SELECT 1 FROM identity.closure_lift l WHERE l.closure_id = c.id)"
CLOSABLE = (
    "EXISTS (SELECT 1 FROM identity.closing_rule r WHERE r.basis = {care}.basis AND r.closable "
    "AND r.valid_from <= current_date AND r.valid_to >= current_date)"
)
# The trigger on care does the rest.
END_AGAIN = "UPDATE identity.care_relation t SET ends_at = t.ends_at"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _writing()
    _closing()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(
        f"{END_AGAIN} FROM identity.closure c WHERE {LIVING.format(whose='c.patient_id', place='c.facility_id')} "
        f"AND {STANDS} AND {CLOSABLE.format(care='t')}"
    )


def _writing() -> None:
    """Care that lives already is met by who closes: they wait for its row."""
    _say_instead(
        "keep_closed",
        "        BEGIN\n",
        f"""        BEGIN
            IF NOT {CLOSABLE.format(care="NEW")} THEN
                RETURN NEW;
            END IF;
            IF OLD.id IS NULL OR OLD.ends_at <= now() OR OLD.patient_id <> NEW.patient_id THEN
                PERFORM FROM identity.patient p WHERE p.id = NEW.patient_id FOR KEY SHARE;
            END IF;
""",
    )


def _closing() -> None:
    lock = "PERFORM pg_advisory_xact_lock(hashtextextended('closure ' || whose::text, 0));"
    _say_instead(
        "close_record",
        lock,
        f"{lock}\n            PERFORM FROM identity.patient p WHERE p.id = whose FOR UPDATE;",
    )
    stands, closable = LIVING.format(whose="whose", place="at_facility"), CLOSABLE.format(care="t")
    _say_instead(
        "close_record",
        "RETURN 'stands';",
        f"""{END_AGAIN} WHERE {stands} AND {closable};
                RETURN CASE WHEN FOUND THEN 'closed' ELSE 'stands' END;""",
    )


def _say_instead(function: str, before: str, after: str) -> None:
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    if told.count(before) != 1:
        raise RuntimeError(f"identity.{function} does not say once: {before}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(before, after).replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
