"""The states of a referral are rows: which are open, which need a booking, whose turn it is. A further state is a further row.

Until now a CHECK, two partial indexes and the functions that join records each listed the open ones. They read a column now,
`referral.open`, which the database alone keeps, by a key into `dispatch.state`. What steps need a reason stands beside what steps
are allowed (docs/decisions/0034-two-machines.md).

A process of the version before writes referrals as ever. It names the open states one by one, which the index of what is open no longer
follows from: its board is slower until it is replaced.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0109"
down_revision = "0108"

UNTRUSTED = "NOT foundation.enters_the_past()"
OPEN = "('submitted', 'booked', 'no_show')"
# Code, open, needs a booking, whose turn it is, within what time they act: where nothing is said, by the legal day, or the visit's end.
STATES = (
    ("submitted", True, False, "center", None),
    ("booked", True, True, "visited", None),
    ("no_show", True, False, "center", "1 day"),
    ("served", False, False, None, None),
    ("revoked", False, False, None, None),
    # The former word of "revoked", in rows of its day.
    ("cancelled", False, False, None, None),
)
NEED_A_REASON = (
    "booking.cancelled",
    "referral.rebooked",
    "referral.revoked",
    "referral.cancelled",
    "referral.reopened",
)


def upgrade() -> None:
    _states()
    _open()
    _indexes()
    _joining()
    _reasons()


def _states() -> None:
    table = op.create_table(
        "state",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("needs_booking", sa.Boolean, nullable=False),
        sa.Column("turn", sa.Text),
        sa.Column("act_within", sa.Interval),
        sa.UniqueConstraint("code", "open", name="uq_state_code_open"),
        sa.CheckConstraint("turn IN ('center', 'visited')", name="ck_state_turn"),
        # No open referral is nobody's.
        sa.CheckConstraint("open = (turn IS NOT NULL)", name="ck_state_owned_while_open"),
        sa.CheckConstraint("turn IS DISTINCT FROM 'visited' OR needs_booking", name="ck_state_visited"),
        sa.CheckConstraint("open OR NOT needs_booking AND act_within IS NULL", name="ck_state_closed"),
        schema="dispatch",
    )
    for code, is_open, needs_booking, turn, act_within in STATES:
        op.execute(
            table.insert().values(
                code=code,
                open=is_open,
                needs_booking=needs_booking,
                turn=turn,
                act_within=sa.cast(act_within, sa.Interval),
            )
        )
    op.execute(f"GRANT SELECT ON dispatch.state TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
    forbid_change("dispatch.state")
    op.execute(
        "ALTER TABLE dispatch.allowed_transition ADD CONSTRAINT fk_allowed_transition_to_state "
        "FOREIGN KEY (to_state) REFERENCES dispatch.state (code)"
    )


def _open() -> None:
    op.execute("ALTER TABLE dispatch.referral ADD COLUMN open boolean NOT NULL DEFAULT false")
    # Forced row security hides every row from the owner of the tables, and a step is counted: neither is to be here.
    op.execute("ALTER TABLE dispatch.referral NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE dispatch.referral DISABLE TRIGGER USER")
    op.execute(
        "UPDATE dispatch.referral SET open = true WHERE state IN (SELECT code FROM dispatch.state WHERE open)"
    )
    op.execute("ALTER TABLE dispatch.referral ENABLE TRIGGER USER")
    op.execute(
        "ALTER TABLE dispatch.referral ADD CONSTRAINT fk_referral_state "
        "FOREIGN KEY (state, open) REFERENCES dispatch.state (code, open)"
    )
    op.execute("ALTER TABLE dispatch.referral FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE dispatch.referral DROP CONSTRAINT ck_referral_owned_while_open")
    op.execute(
        "ALTER TABLE dispatch.referral ADD CONSTRAINT ck_referral_owned_while_open CHECK ("
        "CASE WHEN open THEN owner_id IS NOT NULL AND next_action_due IS NOT NULL "
        "ELSE owner_id IS NULL AND next_action_due IS NULL END)"
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.stand_open() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            -- Of a state that there is not, the foreign key tells.
            NEW.open := coalesce((SELECT s.open FROM dispatch.state s WHERE s.code = NEW.state), false);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_referral_stands_open BEFORE INSERT OR UPDATE OF state, open ON dispatch.referral "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.stand_open()"
    )


def _indexes() -> None:
    op.execute("DROP INDEX dispatch.uq_referral_open_twin")
    op.execute(
        "CREATE UNIQUE INDEX uq_referral_open_twin ON dispatch.referral (patient_id, service_code) WHERE open"
    )
    op.execute("DROP INDEX dispatch.ix_referral_open")
    op.execute(
        "CREATE INDEX ix_referral_open ON dispatch.referral (state, due_at) INCLUDE "
        "(priority, service_code, from_facility_id, submitted_at, patient_id, id, next_action_due, owner_id) "
        "WHERE open"
    )


def _joining() -> None:
    """The functions that join two records ask for what is open by the column too."""
    op.execute(f"GRANT SELECT (open, owner_id, next_action_due, due_at) ON dispatch.referral TO {DOORKEEPER}")
    connection = op.get_bind()
    functions = connection.scalars(
        sa.text("SELECT oid FROM pg_proc WHERE prosrc LIKE :open ORDER BY oid"),
        {"open": f"%.state IN {OPEN}%"},
    ).all()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    for function in functions:
        told = connection.scalar(sa.text("SELECT pg_get_functiondef(:oid)"), {"oid": function})
        connection.exec_driver_sql(told.replace(f".state IN {OPEN}", ".open").replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _reasons() -> None:
    op.execute(
        "ALTER TABLE dispatch.allowed_transition ADD COLUMN reason_required boolean NOT NULL DEFAULT false"
    )
    op.execute(
        "ALTER TABLE dispatch.allowed_transition DISABLE TRIGGER dispatch_allowed_transition_append_only"
    )
    acts = ", ".join(f"'{act}'" for act in NEED_A_REASON)
    op.execute(f"UPDATE dispatch.allowed_transition SET reason_required = true WHERE act IN ({acts})")
    op.execute(
        "ALTER TABLE dispatch.allowed_transition ENABLE TRIGGER dispatch_allowed_transition_append_only"
    )
    op.execute(
        r"""
        CREATE FUNCTION dispatch.require_reasons() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM added e JOIN dispatch.allowed_transition t
                    ON (t.from_state, t.to_state, t.act, t.actor_role) = (e.from_state, e.to_state, e.act, e.actor_role)
                WHERE t.reason_required AND e.reason !~ '\S'
            ) THEN
                RAISE EXCEPTION 'this step needs a reason'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_event_reason';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER referral_event_reasons AFTER INSERT ON dispatch.referral_event "
        f"REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN ({UNTRUSTED}) "
        "EXECUTE FUNCTION dispatch.require_reasons()"
    )
