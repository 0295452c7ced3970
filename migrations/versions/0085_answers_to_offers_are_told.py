"""Whoever offered a right to act for them is told that it was accepted or declined.

The one who answers sees no row of the giver's: a definer function says whether they have answered in this transaction. A process
of the version before announces nothing, and makes news of nothing that it does not know.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0085"
down_revision = "0084"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION identity.has_answered_offer(topic text, payload jsonb) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT EXISTS (
            SELECT FROM identity.delegation_offer_answer w
            WHERE w.offer_id = (payload ->> 'object_id')::uuid AND w.answered_at = now()
              AND CASE topic WHEN 'delegation-offer.accepted' THEN w.answer = 'accepted'
                  WHEN 'delegation-offer.declined' THEN w.answer = 'declined' ELSE false END
              AND payload = jsonb_build_object('patient_id', w.patient_id, 'object_id', w.offer_id))
        $$
        """
    )
    op.execute(f"ALTER FUNCTION identity.has_answered_offer OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.has_answered_offer FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.has_answered_offer TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(
        f"CREATE POLICY outbox_message_of_offers ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (topic IN ('delegation-offer.accepted', 'delegation-offer.declined') AND identity.has_answered_offer(topic, payload))"
    )
