"""Which of the actor's links are kept shut by something else than their own end: the list of them says so.

A process of the version before calls such a link living, as it did.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0084"
down_revision = "0083"

# As 0074 asks whether a share lives, `s` the share.
JOINED = (
    "EXISTS (SELECT 1 FROM identity.merge m WHERE m.survivor_id = s.patient_id AND m.merged_at >= s.made_at "
    "AND NOT EXISTS (SELECT 1 FROM identity.merge_undone u WHERE u.merge_id = m.id))"
)
RIGHT_LIVES = (
    "EXISTS (SELECT 1 FROM identity.delegation d WHERE d.id = s.delegation_id AND d.ends_at > now() "
    "AND NOT EXISTS (SELECT 1 FROM identity.delegation_end e WHERE e.delegation_id = d.id))"
)


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION identity.shut_shares_of_actor() RETURNS TABLE (share_id uuid, shut_by text)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT s.id, CASE WHEN {JOINED} THEN 'joined' ELSE 'right-over' END FROM identity.share s
        WHERE s.patient_id = foundation.actor_patient('whole') AND s.ends_at > now()
          AND NOT EXISTS (SELECT 1 FROM identity.share_end g WHERE g.share_id = s.id)
          AND ({JOINED} OR s.delegation_id IS NOT NULL AND NOT {RIGHT_LIVES})
        $$
        """
    )
    op.execute(f"ALTER FUNCTION identity.shut_shares_of_actor OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.shut_shares_of_actor FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.shut_shares_of_actor TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
