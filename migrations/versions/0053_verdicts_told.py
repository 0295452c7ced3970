"""The patient is told of the verdict on an emergency too: whoever gives it announces it.

A process of the version before announces no verdict, and hears of none.
"""

from alembic import op

from migrations.walls import WEB

revision = "0053"
down_revision = "0052"


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION identity.has_judged(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'emergency.judged' AND EXISTS (
            SELECT FROM identity.emergency_verdict v
            WHERE v.emergency_id = (payload ->> 'object_id')::uuid
              AND v.at = now() AND v.staff_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object('patient_id', v.patient_id, 'object_id', v.emergency_id))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_verdicts ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_judged(topic, payload))"
    )
