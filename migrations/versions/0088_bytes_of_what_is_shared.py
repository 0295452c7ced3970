"""Whoever looks by a link opens the bytes of a shared document too, also where they came as an entry of their own.

A Binary is of no kind that can be chosen: it opens with the shared entries that name it in what was signed, and never where
something restricts it. A process of the version before names such a document and does not open it, as it did.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB
from migrations.labelled import DOCUMENTS

revision = "0088"
down_revision = "0087"

# As 0074 says which lines a link opens, `l` the line and `p` the part.
SHARED = (
    "l.patient_id = p.patient_id AND l.kind = ANY (p.kinds) AND l.restrictions IS NULL "
    "AND l.effective_at >= p.since AND l.effective_at < p.until"
)


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA emr TO {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION emr.shared_documents(named uuid[]) RETURNS TABLE (entry_id uuid, content jsonb)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT d.entry_id, d.content FROM identity.shared_part() AS p
        JOIN emr.entry_summary AS own ON own.entry_id = ANY (named) AND own.patient_id = p.patient_id
            AND own.restrictions IS NULL
        JOIN emr.entry_version AS d ON d.entry_id = own.entry_id AND d.number = own.number
        WHERE d.content ->> 'resourceType' = 'Binary' AND d.restrictions IS NULL AND EXISTS (
            SELECT FROM emr.entry_summary AS l JOIN emr.signature AS s ON s.entry_id = l.entry_id
            JOIN emr.entry_version AS v ON v.entry_id = s.entry_id AND v.number = s.number
            CROSS JOIN LATERAL jsonb_path_query(v.content, '{DOCUMENTS}') AS u (written)
            WHERE {SHARED} AND split_part(u.written #>> '{{}}', '/', 2)::uuid = d.entry_id)
        $$
        """
    )
    op.execute(f"ALTER FUNCTION emr.shared_documents OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA emr FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION emr.shared_documents FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION emr.shared_documents TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
