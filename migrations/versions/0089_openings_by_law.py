"""What the region's law opens beyond care, as rows of data with their legal basis and dates.

A row opens one part of every record to one role, at one facility or at each, to be read. Privacy officers enter it and its end;
both are rows that nobody changes. Whoever has such a right says so in `app.law`, as `identity.session_of` told with the
session: without it nothing is looked up, and with it `identity.opened_by_law` looks at the rows themselves, once for a statement.
An opening never opens what is the treating team's own, nor a record that was joined into another.

A process of the version before tells no such thing, and nothing is opened to it.
"""

import re

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0089"
down_revision = "0088"

MOMENT = TIMESTAMP(timezone=True)
OFFICER = (
    "(SELECT foundation.actor_role()) = 'privacy-officer' AND (SELECT identity.actor_at_post()) "
    "AND staff_id = (SELECT foundation.actor_staff()) AND entered_at = now()"
)
# What a role may be let read so: no more than it reads in care (identity/access/rules/policy.py).
OF_ROLES = {
    "doctor": ("referrals", "bookings", "entries", "images"),
    "nurse": ("referrals", "bookings", "entries", "images"),
    "radiologist": ("referrals", "images"),
    "dispatcher": ("referrals", "bookings"),
    "triager": ("referrals", "bookings"),
    "shift-lead": ("referrals", "bookings"),
}
IN_FORCE = (
    "o.began_at <= now() AND o.ends_at > now() AND NOT EXISTS "
    "(SELECT FROM identity.legal_opening_end e WHERE e.opening_id = o.id AND e.ends_at <= now())"
)
# By the part of a record, its tables; a further condition where a table has one.
TABLES = {
    "demographics": ("identity.patient", "identity.patient_identifier"),
    "referrals": ("dispatch.referral", "dispatch.referral_event"),
    "bookings": (
        "dispatch.booking",
        "dispatch.slot_occupancy",
        "dispatch.booking_cancellation",
        "dispatch.booking_outcome",
    ),
    "entries": ("emr.entry", "emr.entry_version", "emr.entry_summary", "emr.signature"),
    "images": ("archive.study", "archive.series", "archive.instance", "archive.series_metadata"),
}
FURTHER = {
    "identity.patient": "merged_into IS NULL",
    "emr.entry": "EXISTS (SELECT FROM emr.entry_version v WHERE v.entry_id = entry.id)",
    "emr.entry_version": (
        "restrictions IS NULL AND (author_id = (SELECT foundation.actor_staff()) OR EXISTS (SELECT FROM emr.signature s "
        "WHERE s.entry_id = entry_version.entry_id AND s.number = entry_version.number))"
    ),
    "emr.entry_summary": "restrictions IS NULL",
    "emr.signature": "restrictions IS NULL",
}


def upgrade() -> None:
    _openings()
    _ends()
    _asked()
    for part, tables in TABLES.items():
        for table in tables:
            _open(table, part)
    op.execute(
        f"CREATE POLICY archive_study_reading_law_add ON archive.study_reading FOR INSERT TO {WEB} "
        "WITH CHECK (patient_id IS NOT NULL AND (SELECT identity.opened_by_law('images')))"
    )
    _session_of()


def _openings() -> None:
    pairs = ", ".join(f"'{role} {part}'" for role, parts in OF_ROLES.items() for part in parts)
    op.create_table(
        "legal_opening",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("thing", sa.Text, nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id")),
        sa.Column("basis_en", sa.Text, sa.CheckConstraint("basis_en <> ''"), nullable=False),
        sa.Column("basis_ru", sa.Text, sa.CheckConstraint("basis_ru <> ''"), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False, server_default=sa.text("'infinity'")),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("ends_at > began_at", name="ck_legal_opening_ends_at"),
        sa.CheckConstraint(f"(role || ' ' || thing) IN ({pairs})", name="ck_legal_opening_role"),
        schema="identity",
    )
    _wall("legal_opening", "began_at >= now()")


def _ends() -> None:
    """The earliest of an opening's ends counts, so that none lengthens it."""
    op.create_table(
        "legal_opening_end",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("opening_id", UUID, sa.ForeignKey("identity.legal_opening.id"), nullable=False, index=True),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("reason", sa.Text, sa.CheckConstraint("reason <> ''"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("entered_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    _wall("legal_opening_end", "ends_at >= now()")


def _wall(table: str, written: str) -> None:
    """Law is public: everybody reads it."""
    name = f"identity.{table}"
    op.execute(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {name} TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
    op.execute(f"GRANT INSERT ON {name} TO {WEB}")
    op.execute(f"CREATE POLICY {table}_read ON {name} FOR SELECT USING (true)")
    op.execute(
        f"CREATE POLICY {table}_add ON {name} FOR INSERT TO {WEB} WITH CHECK ({OFFICER} AND {written})"
    )
    forbid_change(name)


def _asked() -> None:
    # Not a function that the planner writes out: most statements never come to ask it, and would plan for it each time.
    op.execute(
        f"""
        CREATE FUNCTION identity.opened_by_law(part text) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
        BEGIN
            IF coalesce(current_setting('app.law', true), '') = '' OR foundation.actor_kind() <> 'staff' THEN
                RETURN false;
            END IF;
            -- Whose record it is comes with each part.
            RETURN EXISTS (
                SELECT FROM identity.legal_opening o
                WHERE o.role = foundation.actor_role() AND (part = 'demographics' OR o.thing = part)
                  AND (o.facility_id IS NULL OR o.facility_id = foundation.actor_facility()) AND {IN_FORCE});
        END $$
        """
    )


def _open(table: str, part: str) -> None:
    name = table.replace(".", "_")
    patient = "id" if table == "identity.patient" else "patient_id"
    further = f" AND {FURTHER[table]}" if table in FURTHER else ""
    op.execute(
        f"CREATE POLICY {name}_law ON {table} FOR SELECT TO {WEB} "
        f"USING ({patient} IS NOT NULL AND (SELECT identity.opened_by_law('{part}')){further})"
    )


def _session_of() -> None:
    """The function of today with one column more: which parts are opened to who acts now; NULL for none."""
    connection = op.get_bind()
    told = connection.scalar(sa.text("SELECT pg_get_functiondef('identity.session_of'::regproc)"))
    told, columns = re.subn(r"(RETURNS TABLE\(.*?)\)\n", r"\1, opened_by_law text[])\n", told, count=1)
    opened = (
        ", CASE WHEN s.actor_kind = 'staff' THEN (SELECT array_agg(DISTINCT o.thing ORDER BY o.thing) "
        "FROM identity.legal_opening o WHERE o.role = s.role "
        f"AND (o.facility_id IS NULL OR o.facility_id = s.facility_id) AND {IN_FORCE}) END\n"
    )
    told, rows = re.subn(r"\n(\s*FROM identity\.session s\b)", lambda found: opened + found[1], told, count=1)
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
