"""The list of accesses finds a patient's acts in the order in which it shows them, and counts them in the index alone."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_audit_event_patient_id_id ON foundation.audit_event (patient_id, id) INCLUDE (actor_kind)"
    )
    op.execute("DROP INDEX foundation.ix_audit_event_patient_id_at")
