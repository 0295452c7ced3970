"""Acting for somebody: a session of its own that lives only while the right does, and no further than it goes.

Such a session names its right and whom the delegate is themself. `identity.session_of` tells of it only while the right
lives, as it does of a post. What of the person a limited right opens stands in `app.scopes`: every policy of one's own rows
asks for the part that its table belongs to. Sessions of the version before name no right, and nothing changes for them.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, LOADER, OWNER, WEB
from migrations.walls import SERVICE_ROLES

revision = "0048"
down_revision = "0047"

LIVES = (
    "d.began_at <= now() AND d.ends_at > now() "
    "AND NOT EXISTS (SELECT 1 FROM identity.delegation_end g WHERE g.delegation_id = d.id)"
)
# What a table holds a part of; WHOLE is given by no part alone.
WHOLE = "whole"
PARTS = {"emr": "record", "dispatch": "bookings", "archive": "images", "portal": WHOLE, "interop": "record"}
SINGLE_TABLES = {
    "foundation.audit_event": WHOLE,
    "identity.care_relation": WHOLE,
    "identity.patient_identifier": "record",
    "identity.delegation": WHOLE,
    "identity.delegation_end": WHOLE,
}


def upgrade() -> None:
    _columns()
    _context()
    _parts()
    _own_right()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _what_the_doorkeeper_reads()
    _session_of()
    _who_represents_whom()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _written_sessions()


def _columns() -> None:
    op.execute(
        "ALTER TABLE identity.session "
        "ADD COLUMN delegation_id uuid REFERENCES identity.delegation, "
        "ADD COLUMN own_patient_id uuid REFERENCES identity.patient, "
        "ADD CONSTRAINT ck_session_own_patient_id CHECK ((delegation_id IS NULL) = (own_patient_id IS NULL))"
    )
    op.execute(f"GRANT SELECT (own_patient_id) ON identity.session TO {LOADER}")
    op.execute("ALTER TABLE foundation.audit_event ADD COLUMN delegation_id uuid")
    op.execute(f"GRANT INSERT (delegation_id) ON foundation.audit_event TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT SELECT (delegation_id) ON foundation.audit_event TO {WEB}")


def _context() -> None:
    op.execute(
        "CREATE FUNCTION foundation.actor_delegation() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE "
        "RETURN nullif(current_setting('app.delegation', true), '')::uuid"
    )
    op.execute(
        """
        CREATE FUNCTION foundation.actor_patient(part text) RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
        RETURN CASE
            WHEN coalesce(current_setting('app.scopes', true), '') = ''
                OR part = ANY (string_to_array(current_setting('app.scopes', true), ','))
            THEN nullif(current_setting('app.patient', true), '')::uuid END
        """
    )
    # Nobody writes an act as if it were their own, or on behalf of somebody by another's right.
    op.execute(
        f"CREATE POLICY audit_event_own_right ON foundation.audit_event AS RESTRICTIVE FOR INSERT TO {WEB} "
        "WITH CHECK (delegation_id IS NOT DISTINCT FROM (SELECT foundation.actor_delegation()))"
    )


def _parts() -> None:
    """Each policy of one's own rows asks for its part, and says otherwise what it said before."""
    parts = " ".join(f"WHEN '{schema}' THEN '{part}'" for schema, part in PARTS.items())
    single = " ".join(f"WHEN '{table}' THEN '{part}'" for table, part in SINGLE_TABLES.items())
    op.execute(
        f"""
        DO $do$
        DECLARE
            each record;
        BEGIN
            FOR each IN
                SELECT schemaname, tablename, policyname, qual,
                       coalesce(CASE schemaname || '.' || tablename {single} END, CASE schemaname {parts} END) AS part
                FROM pg_policies WHERE qual LIKE '%foundation.actor_patient()%' AND cmd = 'SELECT'
            LOOP
                IF each.part IS NOT NULL THEN
                    EXECUTE format('ALTER POLICY %I ON %I.%I USING (%s)',
                        each.policyname, each.schemaname, each.tablename,
                        replace(each.qual, 'foundation.actor_patient()',
                                format('foundation.actor_patient(%L)', each.part)));
                END IF;
            END LOOP;
        END $do$
        """
    )


def _own_right() -> None:
    """Whoever acts for somebody reads the right by which they do, however little it opens."""
    for table, key in (("delegation", "id"), ("delegation_end", "delegation_id")):
        op.execute(
            f"CREATE POLICY identity_{table}_acted_by ON identity.{table} FOR SELECT TO {WEB} "
            f"USING ({key} = (SELECT foundation.actor_delegation()))"
        )


def _what_the_doorkeeper_reads() -> None:
    op.execute(f"GRANT SELECT ON identity.age_limit TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (sex) ON identity.patient TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (delegation_id, own_patient_id) ON identity.session TO {DOORKEEPER}")
    columns = {
        "delegation": "id, patient_id, delegate_id, kind, scopes, began_at, ends_at, until_age",
        "delegation_end": "delegation_id, ended_at",
    }
    for table, read in columns.items():
        op.execute(f"GRANT SELECT ({read}) ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY identity_{table}_doorkeeper ON identity.{table} FOR SELECT TO {DOORKEEPER} USING (true)"
        )


def _session_of() -> None:
    op.execute("DROP FUNCTION identity.session_of")
    op.execute(
        f"""
        CREATE FUNCTION identity.session_of(digest bytea, idle_citizen interval, idle_staff interval)
        RETURNS TABLE (
            id uuid, account_id uuid, actor_kind text, patient_id uuid, staff_id uuid, facility_id uuid, role text,
            last_seen_at timestamptz, family_name text, given_name text, middle_name text,
            position_en text, position_ru text, facility_en text, facility_ru text, birth_date date,
            birth_precision text, expires_at timestamptz, delegation_id uuid, own_patient_id uuid, scopes text[], until_age integer)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT s.id, s.account_id, s.actor_kind, s.patient_id, s.staff_id, s.facility_id, s.role, s.last_seen_at,
               coalesce(p.family_name, m.family_name), coalesce(p.given_name, m.given_name),
               coalesce(p.middle_name, m.middle_name), m.position_en, m.position_ru, f.name_en, f.name_ru, p.birth_date,
               coalesce(p.birth_precision, ''), s.expires_at, d.id, d.delegate_id, d.scopes, d.until_age
        FROM identity.session s
        LEFT JOIN identity.patient p ON p.id = s.patient_id
        LEFT JOIN identity.staff_member m ON m.id = s.staff_id
        LEFT JOIN identity.facility f ON f.id = s.facility_id
        LEFT JOIN identity.delegation d ON d.id = s.delegation_id AND d.patient_id = s.patient_id
            AND d.delegate_id = s.own_patient_id AND {LIVES}
        WHERE s.token_sha256 = digest AND s.expires_at > now()
          AND s.last_seen_at > now() - CASE s.actor_kind WHEN 'staff' THEN idle_staff ELSE idle_citizen END
          AND NOT EXISTS (SELECT 1 FROM identity.session_end e WHERE e.session_id = s.id)
          AND (s.delegation_id IS NULL OR d.id IS NOT NULL)
          AND (s.facility_id IS NULL OR EXISTS (
              SELECT 1 FROM identity.staff_post t
              WHERE t.staff_id = s.staff_id AND t.facility_id = s.facility_id AND t.role = s.role
                AND t.began_at <= now() AND t.ends_at > now()))
        $$
        """
    )
    _give_to_doorkeeper("session_of")


def _who_represents_whom() -> None:
    """The two whom a right concerns know each other's name by it: no policy on patients has to let more people in."""
    told = (
        "TABLE (delegation_id uuid, kind text, scopes text[], began_at timestamptz, ends_at timestamptz, ended_at timestamptz, "
        "until_age integer, own_access_age integer, patient_id uuid, family_name text, given_name text, middle_name text, sex text, birth_date date, "
        "birth_precision text)"
    )
    asked = (
        "SELECT d.id, d.kind, d.scopes, d.began_at, d.ends_at, g.ended_at, d.until_age, (SELECT a.years FROM identity.age_limit a "
        "WHERE a.kind = 'own_access' AND a.valid_from <= now() AND a.valid_to >= now()::date ORDER BY a.valid_from DESC LIMIT 1), "
        "p.id, p.family_name, p.given_name, "
        "p.middle_name, p.sex, p.birth_date, p.birth_precision FROM identity.delegation d "
        "LEFT JOIN identity.delegation_end g ON g.delegation_id = d.id "
    )
    # Whoever acts for somebody holds no further right by it.
    op.execute(
        f"""
        CREATE FUNCTION identity.represented_by_actor() RETURNS {told}
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        {asked} JOIN identity.patient p ON p.id = d.patient_id
        WHERE d.delegate_id = foundation.actor_patient() AND foundation.actor_delegation() IS NULL
        $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION identity.delegates_of_actor() RETURNS {told}
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        {asked} JOIN identity.patient p ON p.id = d.delegate_id
        WHERE d.patient_id = foundation.actor_patient('{WHOLE}')
        $$
        """
    )
    _give_to_doorkeeper("represented_by_actor")
    _give_to_doorkeeper("delegates_of_actor")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _written_sessions() -> None:
    """A session for somebody else is begun only by a right that lives, and by the account of whoever holds it."""
    op.execute(
        f"""
        CREATE POLICY session_by_right ON identity.session AS RESTRICTIVE FOR INSERT TO {WEB} WITH CHECK (
            delegation_id IS NOT DISTINCT FROM (SELECT foundation.actor_delegation())
            AND (delegation_id IS NULL OR EXISTS (
                SELECT 1 FROM identity.delegation AS d
                WHERE d.id = session.delegation_id AND d.patient_id = session.patient_id
                  AND d.delegate_id = session.own_patient_id AND {LIVES}
            ) AND EXISTS (
                SELECT 1 FROM identity.patient_link AS l
                WHERE l.account_id = session.account_id AND l.patient_id = session.own_patient_id
            )))
        """
    )
