"""The list of accesses tells who ever looked, and counts them, in the index alone."""

from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.execute("DROP INDEX foundation.ix_audit_event_patient_id_id")
    op.execute(
        "CREATE INDEX ix_audit_event_patient_id_id ON foundation.audit_event (patient_id, id) "
        "INCLUDE (actor_kind, staff_id)"
    )
