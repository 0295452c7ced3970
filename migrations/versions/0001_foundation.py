"""The ground floor: who acts, audit, outbox, idempotency."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP, UUID

from migrations.walls import LOADER, SERVICE_ROLES, WEB, WORKER

revision = "0001"
down_revision = None

ACTOR_FUNCTIONS = {
    "actor_kind": ("app.actor_kind", "text"),
    "actor_account": ("app.account", "uuid"),
    "actor_patient": ("app.patient", "uuid"),
    "actor_staff": ("app.staff", "uuid"),
    "actor_facility": ("app.facility", "uuid"),
    "actor_role": ("app.role", "text"),
}


def upgrade() -> None:
    op.execute(f"GRANT USAGE ON SCHEMA foundation TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT SELECT ON foundation.alembic_version TO {', '.join(SERVICE_ROLES)}")
    for name, (setting, kind) in ACTOR_FUNCTIONS.items():
        # After a transaction a local setting is '' rather than NULL.
        op.execute(
            f"CREATE FUNCTION foundation.{name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE "
            f"RETURN nullif(current_setting('{setting}', true), '')::{kind}"
        )
    op.execute(
        """
        CREATE FUNCTION foundation.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = '42501';
        END $$
        """
    )
    _audit()
    _outbox()
    _idempotency()


def _audit() -> None:
    op.create_table(
        "audit_event",
        sa.Column("id", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column(
            "at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.text("clock_timestamp()")
        ),
        sa.Column(
            "transaction_id", sa.Text, nullable=False, server_default=sa.text("pg_current_xact_id()::text")
        ),
        sa.Column("actor_kind", sa.Text, nullable=False),
        sa.Column("account_id", UUID),
        sa.Column("staff_id", UUID),
        sa.Column("facility_id", UUID),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("session_id", UUID),
        sa.Column("patient_id", UUID),
        sa.Column("act", sa.Text, nullable=False),
        sa.Column("object_kind", sa.Text, nullable=False),
        sa.Column("object_id", UUID),
        sa.Column("reason", sa.Text, nullable=False),
        schema="foundation",
    )
    op.create_index("ix_audit_event_patient_id_at", "audit_event", ["patient_id", "at"], schema="foundation")
    table = "foundation.audit_event"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT INSERT ON {table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(f"GRANT SELECT ON {table} TO {WEB}")
    # Nobody writes an act under another's name; a citizen reads the acts on their own record.
    op.execute(
        f"CREATE POLICY audit_event_add ON {table} FOR INSERT TO {WEB} WITH CHECK ("
        "actor_kind = (SELECT foundation.actor_kind()) "
        "AND account_id IS NOT DISTINCT FROM (SELECT foundation.actor_account()) "
        "AND staff_id IS NOT DISTINCT FROM (SELECT foundation.actor_staff()))"
    )
    op.execute(
        f"CREATE POLICY audit_event_system ON {table} FOR INSERT TO {WORKER}, {LOADER} WITH CHECK (true)"
    )
    op.execute(
        f"CREATE POLICY audit_event_own ON {table} FOR SELECT TO {WEB} "
        "USING (patient_id = (SELECT foundation.actor_patient()))"
    )
    op.execute(
        f"CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION foundation.refuse_change()"
    )


def _outbox() -> None:
    op.create_table(
        "outbox_message",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("payload", JSONB, nullable=False),
        sa.Column("announced_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("due_at", TIMESTAMP(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        schema="foundation",
    )
    op.create_index("ix_outbox_message_due_at", "outbox_message", ["due_at"], schema="foundation")
    op.execute(f"GRANT INSERT ON foundation.outbox_message TO {WEB}, {LOADER}, {WORKER}")
    op.execute(f"GRANT SELECT, UPDATE, DELETE ON foundation.outbox_message TO {WORKER}")


def _idempotency() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", UUID, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("body_sha256", sa.Text, nullable=False),
        sa.Column("answer", UUID),
        sa.Column("used_at", TIMESTAMP(timezone=True), nullable=False),
        schema="foundation",
    )
    table = "foundation.idempotency_key"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT, INSERT, UPDATE ON {table} TO {WEB}")
    own = "account_id = (SELECT foundation.actor_account())"
    op.execute(f"CREATE POLICY idempotency_key_own ON {table} TO {WEB} USING ({own}) WITH CHECK ({own})")
