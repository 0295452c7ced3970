"""A registrar records that somebody has died: nobody signs in as them any more, and rights to act end. It can be undone.

`identity.record_death` and `identity.undo_death` alone write it, with what follows at once: the day stands at the patient, where
every door asks for it; living sessions end; rights of the person and to act for them end, and come back where the death that
ended them is undone. What follows for referrals and bookings the worker does, which may change those of such patients alone.

A process of the version before signs nobody in who has died: the database refuses the session. It cannot read the word of a
referral that is reopened until it is replaced itself.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import LOADER, WEB, WORKER, forbid_change, guard_patient_table

revision = "0059"
down_revision = "0058"

MOMENT = TIMESTAMP(timezone=True)
REGISTRAR = "(foundation.actor_kind() = 'staff' AND foundation.actor_role() = 'registrar' AND identity.actor_at_post())"
# Of a right that ended with a death; the end bears the moment at which the death was recorded.
ENDED_BY_DEATH = "death"
COPIED = (
    "patient_id, delegate_id, kind, scopes, ends_at, until_age, basis, evidence_sha256, staff_id, facility_id"
)
STEPS_OF_WORKER = (
    ("submitted", "revoked", "referral.revoked"),
    ("booked", "revoked", "referral.revoked"),
    ("no_show", "revoked", "referral.revoked"),
    ("revoked", "submitted", "referral.reopened"),
)


def upgrade() -> None:
    _tables()
    _what_the_doorkeeper_does()
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _recording()
    _undoing()
    _doors()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _messages()
    _what_the_worker_does()
    _living()


def _by_whom() -> list[sa.Column]:
    return [
        sa.Column("staff_id", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.Column("facility_id", UUID, sa.ForeignKey("identity.facility.id"), nullable=False),
    ]


def _tables() -> None:
    op.execute("ALTER TABLE identity.patient ADD COLUMN recorded_death_on date")
    op.create_table(
        "death",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False, index=True),
        sa.Column("died_on", sa.Date, nullable=False),
        sa.Column("document_kind", sa.Text, nullable=False),
        sa.Column(
            "evidence_digest", sa.Text, sa.CheckConstraint("length(evidence_digest) = 64"), nullable=False
        ),
        *_by_whom(),
        sa.Column("recorded_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    op.create_table(
        "death_undone",
        sa.Column("death_id", UUID, sa.ForeignKey("identity.death.id"), primary_key=True),
        sa.Column("patient_id", UUID, sa.ForeignKey("identity.patient.id"), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        *_by_whom(),
        sa.Column("undone_at", MOMENT, nullable=False, server_default=sa.text("now()")),
        schema="identity",
    )
    for table in ("identity.death", "identity.death_undone"):
        guard_patient_table(table, readers=("registrar",), part="whole")
        # Written by the two functions alone.
        op.execute(f"REVOKE INSERT ON {table} FROM {WEB}")
        forbid_change(table)
    op.create_table(
        "restored_delegation",
        sa.Column("delegation_id", UUID, sa.ForeignKey("identity.delegation.id"), primary_key=True),
        sa.Column("former_id", UUID, sa.ForeignKey("identity.delegation.id"), nullable=False, unique=True),
        sa.Column("death_id", UUID, sa.ForeignKey("identity.death.id"), nullable=False),
        schema="identity",
    )
    op.execute("ALTER TABLE identity.restored_delegation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE identity.restored_delegation FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON identity.restored_delegation TO {LOADER}")
    op.execute(
        f"CREATE POLICY restored_delegation_loader ON identity.restored_delegation FOR SELECT TO {LOADER} USING (true)"
    )
    forbid_change("identity.restored_delegation")


def _what_the_doorkeeper_does() -> None:
    rights = {
        "death": ("SELECT", "INSERT"),
        "death_undone": ("SELECT", "INSERT"),
        "restored_delegation": ("SELECT", "INSERT"),
    }
    for table, acts in rights.items():
        op.execute(f"GRANT {', '.join(acts)} ON identity.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY {table}_doorkeeper ON identity.{table} TO {DOORKEEPER} USING (true) WITH CHECK (true)"
        )
    op.execute(
        f"GRANT SELECT (recorded_death_on), UPDATE (recorded_death_on) ON identity.patient TO {DOORKEEPER}"
    )
    op.execute(
        f"CREATE POLICY patient_doorkeeper_death ON identity.patient FOR UPDATE TO {DOORKEEPER} "
        "USING (true) WITH CHECK (true)"
    )
    op.execute(f"GRANT SELECT ON identity.delegation TO {DOORKEEPER}")
    op.execute(f"GRANT INSERT (id, began_at, entered_at, {COPIED}) ON identity.delegation TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (patient_id, reason), INSERT ON identity.delegation_end TO {DOORKEEPER}")
    for table in ("delegation", "delegation_end"):
        op.execute(
            f"CREATE POLICY {table}_doorkeeper_death ON identity.{table} FOR INSERT TO {DOORKEEPER} WITH CHECK (true)"
        )


def _recording() -> None:
    """NULL where a death stands already; otherwise the rights that ended, each a pair of who was represented and the right."""
    op.execute(
        f"""
        CREATE FUNCTION identity.record_death(
            named uuid, of_patient uuid, on_day date, by_document text, evidence text
        ) RETURNS jsonb LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            told jsonb;
        BEGIN
            IF ({REGISTRAR} AND identity.in_care(of_patient)) IS NOT TRUE THEN
                RAISE EXCEPTION 'this death is not the actor''s to record' USING ERRCODE = '42501';
            END IF;
            UPDATE identity.patient p SET recorded_death_on = on_day
            WHERE p.id = of_patient AND p.recorded_death_on IS NULL
              -- A day of the region may have begun that has not begun where the database stands.
              AND on_day BETWEEN p.birth_date AND now()::date + 1;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            INSERT INTO identity.death
                (id, patient_id, died_on, document_kind, evidence_digest, staff_id, facility_id, recorded_at)
            VALUES (named, of_patient, on_day, by_document, evidence, foundation.actor_staff(),
                    foundation.actor_facility(), now());
            WITH ended AS (
                INSERT INTO identity.delegation_end (delegation_id, patient_id, delegate_id, ended_at, reason)
                SELECT d.id, d.patient_id, d.delegate_id, now(), '{ENDED_BY_DEATH}' FROM identity.delegation d
                WHERE of_patient IN (d.patient_id, d.delegate_id) AND d.ends_at > now()
                ON CONFLICT DO NOTHING
                RETURNING delegation_id, patient_id
            )
            SELECT coalesce(jsonb_agg(jsonb_build_array(e.patient_id, e.delegation_id)), '[]') INTO told FROM ended e;
            INSERT INTO identity.session_end (session_id, ended_at, reason)
            SELECT s.id, now(), '{ENDED_BY_DEATH}' FROM identity.session s
            WHERE s.expires_at > now() AND of_patient IN (s.patient_id, s.own_patient_id)
            ON CONFLICT DO NOTHING;
            RETURN told;
        END $$
        """
    )
    _give_to_doorkeeper("record_death")


def _undoing() -> None:
    """NULL where it does not stand; otherwise the rights that came back, told in the same way.

    A right comes back as one of its own, for an end is never taken away. It does where a death that is undone ended it, where
    it would live still, and where both whom it concerns live.
    """
    copied = ", ".join(f"b.{each.strip()}" for each in COPIED.split(","))
    op.execute(
        f"""
        CREATE FUNCTION identity.undo_death(of_death uuid, for_reason text) RETURNS jsonb
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid := (SELECT x.patient_id FROM identity.death x WHERE x.id = of_death);
            told jsonb;
        BEGIN
            IF ({REGISTRAR} AND identity.in_care(whose)) IS NOT TRUE THEN
                RAISE EXCEPTION 'this death is not the actor''s to undo' USING ERRCODE = '42501';
            END IF;
            INSERT INTO identity.death_undone (death_id, patient_id, reason, staff_id, facility_id, undone_at)
            VALUES (of_death, whose, for_reason, foundation.actor_staff(), foundation.actor_facility(), now())
            ON CONFLICT DO NOTHING;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            UPDATE identity.patient p SET recorded_death_on = NULL WHERE p.id = whose;
            WITH back AS MATERIALIZED (
                SELECT gen_random_uuid() AS again, d.* FROM identity.delegation d
                JOIN identity.delegation_end g ON g.delegation_id = d.id
                WHERE whose IN (d.patient_id, d.delegate_id) AND d.ends_at > now() AND g.reason = '{ENDED_BY_DEATH}'
                  AND EXISTS (
                      SELECT 1 FROM identity.death x JOIN identity.death_undone u ON u.death_id = x.id
                      WHERE x.patient_id IN (d.patient_id, d.delegate_id) AND x.recorded_at = g.ended_at)
                  AND NOT EXISTS (SELECT 1 FROM identity.restored_delegation r WHERE r.former_id = d.id)
                  AND NOT EXISTS (
                      SELECT 1 FROM identity.patient p
                      WHERE p.id IN (d.patient_id, d.delegate_id) AND p.recorded_death_on IS NOT NULL)
            ), made AS (
                INSERT INTO identity.delegation (id, began_at, entered_at, {COPIED})
                SELECT b.again, now(), now(), {copied} FROM back b
                RETURNING id, patient_id
            ), noted AS (
                INSERT INTO identity.restored_delegation (delegation_id, former_id, death_id)
                SELECT b.again, b.id, of_death FROM back b
            )
            SELECT coalesce(jsonb_agg(jsonb_build_array(m.patient_id, m.id)), '[]') INTO told FROM made m;
            RETURN told;
        END $$
        """
    )
    _give_to_doorkeeper("undo_death")


def _doors() -> None:
    """No session begins for who has died, and one that began meanwhile opens nothing."""
    op.execute(
        f"CREATE POLICY session_of_the_living ON identity.session AS RESTRICTIVE FOR INSERT TO {WEB} WITH CHECK ("
        "patient_id IS NULL OR NOT EXISTS (SELECT 1 FROM identity.patient p "
        "WHERE p.id = session.patient_id AND p.recorded_death_on IS NOT NULL))"
    )
    _say_also(
        "session_of", "(s.delegation_id IS NULL OR d.id IS NOT NULL)", "AND p.recorded_death_on IS NULL"
    )
    # What who has died has offered nobody accepts any more.
    _say_also("offers_to_actor", "p.death_precision IS NULL", "AND p.recorded_death_on IS NULL")
    op.execute(
        f"CREATE POLICY delegation_of_the_living ON identity.delegation AS RESTRICTIVE FOR INSERT TO {DOORKEEPER} "
        "WITH CHECK (NOT EXISTS (SELECT 1 FROM identity.patient p "
        "WHERE p.id IN (delegation.patient_id, delegation.delegate_id) AND p.recorded_death_on IS NOT NULL))"
    )


def _say_also(function: str, before: str, also: str) -> None:
    """Add a condition to one that stands in a function of the doorkeeper."""
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    if told.count(before) != 1:
        raise RuntimeError(f"identity.{function} does not say once: {before}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(before, f"{before} {also}").replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces what it has recorded or undone in the same transaction, and nothing else."""
    op.execute(
        """
        CREATE FUNCTION identity.has_told_of_death(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN CASE topic
            WHEN 'death.recorded' THEN EXISTS (
                SELECT FROM identity.death d
                WHERE d.id = (payload ->> 'object_id')::uuid AND d.recorded_at = now()
                  AND d.staff_id = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object('patient_id', d.patient_id, 'object_id', d.id))
            WHEN 'death.undone' THEN EXISTS (
                SELECT FROM identity.death_undone u
                WHERE u.death_id = (payload ->> 'object_id')::uuid AND u.undone_at = now()
                  AND u.staff_id = (SELECT foundation.actor_staff())
                  AND payload = jsonb_build_object('patient_id', u.patient_id, 'object_id', u.death_id))
            ELSE false END
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_deaths ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_told_of_death(topic, payload))"
    )


def _what_the_worker_does() -> None:
    """With referrals and bookings of those alone whose death was ever recorded, and in nobody's name."""
    names = ("from_state", "to_state", "act", "actor_role")
    steps = sa.table("allowed_transition", *(sa.column(name) for name in names), schema="dispatch")
    op.bulk_insert(steps, [dict(zip(names, (*step, "worker"), strict=True)) for step in STEPS_OF_WORKER])
    for table, granted, act, also in (
        ("dispatch.referral", "UPDATE (state, version, owner_id, next_action_due)", "UPDATE", ""),
        (
            "dispatch.referral_event",
            "INSERT",
            "INSERT",
            " AND actor_role = 'worker' AND actor_staff_id IS NULL AND actor_facility_id IS NULL",
        ),
        ("dispatch.booking_cancellation", "INSERT", "INSERT", " AND cancelled_by IS NULL"),
        ("dispatch.slot_occupancy", "DELETE", "DELETE", ""),
        ("identity.care_relation", "UPDATE (began_at, ends_at)", "UPDATE", " AND basis = 'referral'"),
    ):
        name = table.partition(".")[2]
        asked = f"EXISTS (SELECT 1 FROM identity.death x WHERE x.patient_id = {name}.patient_id){also}"
        clauses = {
            "UPDATE": f"USING ({asked}) WITH CHECK ({asked})",
            "INSERT": f"WITH CHECK ({asked})",
            "DELETE": f"USING ({asked})",
        }
        op.execute(f"GRANT {granted} ON {table} TO {WORKER}")
        op.execute(f"CREATE POLICY {name}_after_death ON {table} FOR {act} TO {WORKER} {clauses[act]}")
    op.execute(f"GRANT UPDATE (taken) ON dispatch.slot TO {WORKER}")


def _living() -> None:
    """Nobody is referred or booked who has died; what is entered of the past is."""
    op.execute(
        """
        CREATE FUNCTION dispatch.require_living() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM identity.patient p WHERE p.id = NEW.patient_id AND p.recorded_death_on IS NOT NULL
            ) THEN
                RAISE EXCEPTION 'the patient has died' USING ERRCODE = '23514', CONSTRAINT = 'ck_patient_lives';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    for table in ("referral", "slot_occupancy"):
        op.execute(
            f"CREATE TRIGGER dispatch_{table}_of_the_living BEFORE INSERT ON dispatch.{table} FOR EACH ROW "
            "WHEN (NOT foundation.enters_the_past()) EXECUTE FUNCTION dispatch.require_living()"
        )
