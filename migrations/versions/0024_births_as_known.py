"""How much of a birth date is known: of some patients the year or the month alone.

`birth_date` stays the first day that it can be, so that bounds, orders and indexes hold; what writes no precision knows the
day. Whoever signs in is never taken for a patient of whose birth less is known than the day.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.execute(
        "ALTER TABLE identity.patient ADD COLUMN birth_precision text NOT NULL DEFAULT 'day' "
        "CONSTRAINT ck_patient_birth_precision CHECK (birth_precision IN ('year', 'month', 'day'))"
    )
    op.execute(f"GRANT SELECT (birth_precision) ON identity.patient TO {DOORKEEPER}")
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    for function in ("session_of", "match_patient"):
        op.execute(f"DROP FUNCTION identity.{function}")
    _session_of()
    _match_patient()
    for function in ("session_of", "match_patient"):
        op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    for function in ("session_of", "match_patient"):
        op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _session_of() -> None:
    op.execute(
        """
        CREATE FUNCTION identity.session_of(digest bytea, idle_citizen interval, idle_staff interval)
        RETURNS TABLE (
            id uuid, account_id uuid, actor_kind text, patient_id uuid, staff_id uuid, facility_id uuid, role text,
            last_seen_at timestamptz, family_name text, given_name text, middle_name text,
            position_en text, position_ru text, facility_en text, facility_ru text, birth_date date,
            birth_precision text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT s.id, s.account_id, s.actor_kind, s.patient_id, s.staff_id, s.facility_id, s.role, s.last_seen_at,
               coalesce(p.family_name, m.family_name), coalesce(p.given_name, m.given_name),
               coalesce(p.middle_name, m.middle_name), m.position_en, m.position_ru, f.name_en, f.name_ru, p.birth_date,
               coalesce(p.birth_precision, '')
        FROM identity.session s
        LEFT JOIN identity.patient p ON p.id = s.patient_id
        LEFT JOIN identity.staff_member m ON m.id = s.staff_id
        LEFT JOIN identity.facility f ON f.id = s.facility_id
        WHERE s.token_sha256 = digest AND s.expires_at > now()
          AND s.last_seen_at > now() - CASE s.actor_kind WHEN 'staff' THEN idle_staff ELSE idle_citizen END
          AND NOT EXISTS (SELECT 1 FROM identity.session_end e WHERE e.session_id = s.id)
          AND (s.facility_id IS NULL OR EXISTS (
              SELECT 1 FROM identity.staff_post t
              WHERE t.staff_id = s.staff_id AND t.facility_id = s.facility_id AND t.role = s.role
                AND t.began_at <= now() AND t.ends_at > now()))
        $$
        """
    )


def _match_patient() -> None:
    op.execute(
        """
        CREATE FUNCTION identity.match_patient(identifier_system text, digest bytea, born date)
        RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT p.id FROM identity.patient_identifier i JOIN identity.patient p ON p.id = i.patient_id
        WHERE i.system = identifier_system AND i.value_digest = digest
          AND p.birth_date = born AND p.birth_precision = 'day'
        $$
        """
    )
