"""The session of a cookie tells when it is over for good, so that its pages can say so before."""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0047"
down_revision = "0046"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute("DROP FUNCTION identity.session_of")
    op.execute(
        """
        CREATE FUNCTION identity.session_of(digest bytea, idle_citizen interval, idle_staff interval)
        RETURNS TABLE (
            id uuid, account_id uuid, actor_kind text, patient_id uuid, staff_id uuid, facility_id uuid, role text,
            last_seen_at timestamptz, family_name text, given_name text, middle_name text,
            position_en text, position_ru text, facility_en text, facility_ru text, birth_date date,
            birth_precision text, expires_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT s.id, s.account_id, s.actor_kind, s.patient_id, s.staff_id, s.facility_id, s.role, s.last_seen_at,
               coalesce(p.family_name, m.family_name), coalesce(p.given_name, m.given_name),
               coalesce(p.middle_name, m.middle_name), m.position_en, m.position_ru, f.name_en, f.name_ru, p.birth_date,
               coalesce(p.birth_precision, ''), s.expires_at
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
    op.execute(f"ALTER FUNCTION identity.session_of OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.session_of FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.session_of TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
