"""That an entry was hidden or shown is announced, so that the lines of the others are drawn anew.

The web announces what was done in the same transaction, and nothing else of this. A process of the version before announces nothing:
the lines follow with the next drawing of the record.
"""

from alembic import op

from foundation.postgres.roles import WEB

revision = "0093"
down_revision = "0092"


def upgrade() -> None:
    told = "payload = jsonb_build_object('patient_id', h.patient_id, 'object_id', h.entry_id)"
    op.execute(
        f"""
        CREATE FUNCTION emr.has_hidden(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN (topic = 'entry.hidden' AND EXISTS (
            SELECT FROM emr.hiding h
            WHERE h.entry_id = (payload ->> 'object_id')::uuid AND h.hidden_at = now() AND {told}
        )) OR (topic = 'entry.shown' AND EXISTS (
            SELECT FROM emr.hiding h JOIN emr.hiding_lift l ON l.hiding_id = h.id
            WHERE h.entry_id = (payload ->> 'object_id')::uuid AND l.lifted_at = now() AND {told}
        ))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_hidings ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (emr.has_hidden(topic, payload))"
    )
