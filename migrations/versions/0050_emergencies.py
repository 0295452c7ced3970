"""A record is opened in an emergency: by one person, for an hour, with a reason, and it is answered for afterwards.

`identity.open_in_emergency` alone begins such care. Whoever opens learns whose record it is by it, so that it is granted to a
doctor or a nurse at their post, no more than three times a day, and leaves a row that nobody changes. A verdict is another, and it
alone takes the emergency out of those that wait. How many each facility opened is counted as it happens.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB
from migrations.walls import SERVICE_ROLES, forbid_change, guard_patient_table

revision = "0050"
down_revision = "0049"

MOMENT = TIMESTAMP(timezone=True)
RELATION = "identity.care_relation"
OFFICER = "(SELECT foundation.actor_role()) = 'privacy-officer'"
OWN_STAFF = "staff_id = (SELECT foundation.actor_staff())"
LASTS, MOST_A_DAY = "60 minutes", 3


def upgrade() -> None:
    _emergencies()
    _verdicts()
    _waiting()
    _figures()
    _opening()
    _judging()
    _messages()


def _emergencies() -> None:
    op.create_table(
        "emergency",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("words", sa.Text, sa.CheckConstraint("words <> ''"), nullable=False),
        sa.Column("began_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.UniqueConstraint("id", "patient_id", name="uq_emergency_id_patient_id"),
        schema="identity",
    )
    op.create_index(
        "ix_emergency_staff_id_began_at", "emergency", ["staff_id", "began_at"], schema="identity"
    )
    op.create_index("ix_emergency_patient_id", "emergency", ["patient_id"], schema="identity")
    guard_patient_table("identity.emergency", part="whole")
    # Written by identity.open_in_emergency alone.
    op.execute(f"REVOKE INSERT ON identity.emergency FROM {WEB}")
    for name, condition in (("officer", OFFICER), ("own_staff", OWN_STAFF)):
        op.execute(
            f"CREATE POLICY identity_emergency_{name} ON identity.emergency FOR SELECT TO {WEB} USING ({condition})"
        )
    forbid_change("identity.emergency")


def _verdicts() -> None:
    op.create_table(
        "emergency_verdict",
        sa.Column("emergency_id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
        sa.Column("words", sa.Text, sa.CheckConstraint("words <> ''"), nullable=False),
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
        sa.Column("at", MOMENT, nullable=False, server_default=sa.text("now()")),
        sa.CheckConstraint("verdict IN ('justified', 'not_justified')", name="ck_emergency_verdict_verdict"),
        sa.ForeignKeyConstraint(
            ["emergency_id", "patient_id"], ["identity.emergency.id", "identity.emergency.patient_id"]
        ),
        schema="identity",
    )
    guard_patient_table("identity.emergency_verdict", part="whole")
    op.execute(
        "CREATE POLICY identity_emergency_verdict_officer ON identity.emergency_verdict "
        f"FOR SELECT TO {WEB} USING ({OFFICER})"
    )
    # Nobody judges what they opened themselves.
    op.execute(
        "CREATE POLICY identity_emergency_verdict_add ON identity.emergency_verdict "
        f"FOR INSERT TO {WEB} WITH CHECK ({OFFICER} AND at = now() AND {OWN_STAFF} "
        "AND facility_id = (SELECT foundation.actor_facility()) AND (SELECT identity.actor_at_post()) "
        "AND NOT EXISTS (SELECT 1 FROM identity.emergency AS opened "
        "WHERE opened.id = emergency_id AND opened.staff_id = (SELECT foundation.actor_staff())))"
    )
    forbid_change("identity.emergency_verdict")


def _waiting() -> None:
    """No history: an emergency stands here until it is judged. Only functions write it."""
    op.create_table(
        "waiting_emergency",
        sa.Column("emergency_id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, nullable=False),
        sa.Column("began_at", MOMENT, nullable=False, index=True),
        sa.ForeignKeyConstraint(
            ["emergency_id", "patient_id"], ["identity.emergency.id", "identity.emergency.patient_id"]
        ),
        schema="identity",
    )
    guard_patient_table("identity.waiting_emergency", patient_may_read=False)
    op.execute(f"REVOKE INSERT ON identity.waiting_emergency FROM {WEB}")
    op.execute(
        "CREATE POLICY identity_waiting_emergency_officer ON identity.waiting_emergency "
        f"FOR SELECT TO {WEB} USING ({OFFICER})"
    )


def _figures() -> None:
    """Numbers of facilities, without anybody's name."""
    table = "identity.emergency_figure"
    numbers = ("opened", "justified", "not_justified")
    op.create_table(
        "emergency_figure",
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), primary_key=True),
        *(sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0")) for name in numbers),
        sa.CheckConstraint("justified + not_justified <= opened", name="ck_emergency_figure_opened"),
        schema="identity",
    )
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {table} TO {', '.join(SERVICE_ROLES)}")
    op.execute(
        f"CREATE POLICY identity_emergency_figure_officer ON {table} FOR SELECT TO {WEB} USING ({OFFICER})"
    )


def _opening() -> None:
    emergency = "basis = 'emergency' AND staff_id IS NOT NULL"
    op.execute(f"GRANT UPDATE (began_at, ends_at) ON {RELATION} TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_emergency ON {RELATION} FOR INSERT TO {DOORKEEPER} WITH CHECK ({emergency})"
    )
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_again ON {RELATION} FOR UPDATE TO {DOORKEEPER} "
        f"USING ({emergency}) WITH CHECK ({emergency})"
    )
    for table, rights in (
        ("emergency", "SELECT, INSERT"),
        ("waiting_emergency", "SELECT, INSERT, DELETE"),
        ("emergency_figure", "SELECT, INSERT, UPDATE"),
    ):
        op.execute(f"GRANT {rights} ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY identity_{table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        f"""
        CREATE FUNCTION identity.open_in_emergency(
            named uuid, of_patient uuid, for_reason text, in_words text, otherwise uuid
        ) RETURNS timestamptz LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            staff uuid := foundation.actor_staff();
            place uuid := foundation.actor_facility();
            ends timestamptz := now() + interval '{LASTS}';
        BEGIN
            IF (foundation.actor_kind() = 'staff' AND foundation.actor_role() IN ('doctor', 'nurse')
                AND identity.actor_at_post()) IS NOT TRUE
            THEN
                RAISE EXCEPTION 'this actor opens nothing in an emergency' USING ERRCODE = '42501';
            END IF;
            -- One after the other, so that two at once are counted.
            PERFORM pg_advisory_xact_lock(hashtextextended('emergency ' || staff::text, 0));
            IF (SELECT count(*) FROM identity.emergency e
                WHERE e.staff_id = staff AND e.began_at > now() - interval '1 day') >= {MOST_A_DAY}
            THEN
                RETURN NULL;
            END IF;
            INSERT INTO identity.emergency
                (id, patient_id, staff_id, facility_id, role, reason, words, began_at, ends_at)
            VALUES (named, of_patient, staff, place, foundation.actor_role(), for_reason, in_words, now(), ends);
            INSERT INTO identity.waiting_emergency (emergency_id, patient_id, began_at)
            VALUES (named, of_patient, now());
            INSERT INTO identity.emergency_figure AS figure (facility_id, opened) VALUES (place, 1)
            ON CONFLICT (facility_id) DO UPDATE SET opened = figure.opened + 1;
            INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, staff_id, began_at, ends_at)
            VALUES (otherwise, of_patient, place, 'emergency', staff, now(), ends)
            ON CONFLICT (patient_id, facility_id, basis, staff_id)
            DO UPDATE SET began_at = excluded.began_at, ends_at = excluded.ends_at;
            RETURN ends;
        END $$
        """
    )
    op.execute(f"ALTER FUNCTION identity.open_in_emergency OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.open_in_emergency FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.open_in_emergency TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _judging() -> None:
    """A verdict, and nothing else, ends the waiting."""
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION identity.note_verdict() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            DELETE FROM identity.waiting_emergency w WHERE w.emergency_id = NEW.emergency_id;
            UPDATE identity.emergency_figure f
            SET justified = f.justified + (NEW.verdict = 'justified')::int,
                not_justified = f.not_justified + (NEW.verdict = 'not_justified')::int
            FROM identity.emergency e WHERE e.id = NEW.emergency_id AND f.facility_id = e.facility_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER identity_emergency_verdict_noted AFTER INSERT ON identity.emergency_verdict "
        "FOR EACH ROW EXECUTE FUNCTION identity.note_verdict()"
    )
    op.execute(f"ALTER FUNCTION identity.note_verdict OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.note_verdict FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces what it has opened in the same transaction, and nothing else."""
    op.execute(
        """
        CREATE FUNCTION identity.has_opened(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN topic = 'emergency.opened' AND EXISTS (
            SELECT FROM identity.emergency e
            WHERE e.id = (payload ->> 'object_id')::uuid
              AND e.began_at = now() AND e.staff_id = (SELECT foundation.actor_staff())
              AND payload = jsonb_build_object('patient_id', e.patient_id, 'object_id', e.id))
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_identity ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_opened(topic, payload))"
    )
