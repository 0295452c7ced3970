"""An ill doctor, a device out of order: a time of a resource is closed, and opened again by a further row. No slot is deleted or changed for it.

What is closed is a range and not a list of slots, so a time that is offered later for the same hours is closed too
(docs/decisions/0035-closed-times.md). While its time is closed a slot is `taken`, and so it is offered by none of the processes, one of the
version before among them; whoever tries to book it all the same is refused. Bookings that stand there go on to stand until somebody
moves them.

Why a time is closed may tell of a doctor's health: keepers and dispatchers read it.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TIMESTAMP, TSTZRANGE, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB
from migrations.walls import forbid_change

revision = "0113"
down_revision = "0112"

REASONS = "('illness', 'out_of_order', 'other')"
MOMENT = TIMESTAMP(timezone=True)
STAFF = "(SELECT foundation.actor_staff())"
READERS = "(SELECT foundation.actor_role()) IN ('dispatcher', 'shift-lead')"
KEPT = "EXISTS (SELECT FROM dispatch.resource r WHERE r.id = resource_id AND dispatch.keeps_schedules(r.facility_id))"
OVERLAPPING = (
    "s.resource_id = resource AND s.starts_at < upper(during) AND s.ends_at > lower(during) "
    "AND s.starts_at > lower(during) - interval '24 hours'"
)
OCCUPIED = (
    "EXISTS (SELECT FROM dispatch.occupation o WHERE int8range(o.subject_number, o.subject_number, '[]') && "
    "int8range(dispatch.subject_number('resource', resource), dispatch.subject_number('resource', resource), '[]') "
    "AND o.during && tstzrange(s.starts_at, s.ends_at) AND o.subject_kind = 'resource')"
)


def upgrade() -> None:
    _tables()
    _policies()
    op.execute(f"GRANT CREATE ON SCHEMA dispatch TO {DOORKEEPER}")
    _asked()
    _marks()
    _refused()
    op.execute(f"REVOKE CREATE ON SCHEMA dispatch FROM {DOORKEEPER}")


def _tables() -> None:
    op.create_table(
        "closed_time",
        sa.Column("id", UUID, primary_key=True),
        sa.Column("resource_id", UUID, sa.ForeignKey("dispatch.resource.id"), nullable=False, index=True),
        sa.Column("during", TSTZRANGE, nullable=False),
        # Of a row behind the wall an index is asked by a plain comparison alone, not by what takes a range apart.
        sa.Column("ends_at", MOMENT, sa.Computed("upper(during)", persisted=True), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False, server_default=""),
        sa.Column("closed_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("closed_by", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        sa.CheckConstraint(
            "lower(during) < upper(during) AND lower_inc(during) AND NOT upper_inc(during) "
            "AND upper(during) < lower(during) + interval '367 days'",
            name="ck_closed_time_during",
        ),
        sa.CheckConstraint(f"reason IN {REASONS}", name="ck_closed_time_reason"),
        sa.CheckConstraint("reason <> 'other' OR words <> ''", name="ck_closed_time_words"),
        schema="dispatch",
    )
    op.create_table(
        "closed_time_end",
        sa.Column("closed_time_id", UUID, sa.ForeignKey("dispatch.closed_time.id"), primary_key=True),
        sa.Column("ended_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("ended_by", UUID, sa.ForeignKey("identity.staff_member.id"), nullable=False),
        schema="dispatch",
    )
    # What is not over yet is found at once, however much was closed over the years.
    op.create_index("ix_closed_time_ends_at", "closed_time", ["ends_at"], schema="dispatch")
    for table, column in (("closed_time", "closed_at"), ("closed_time_end", "ended_at")):
        op.execute(
            f"CREATE TRIGGER dispatch_{table}_told_now BEFORE INSERT ON dispatch.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION foundation.tell_now('{column}')"
        )
        forbid_change(f"dispatch.{table}")


def _policies() -> None:
    of_closed = "EXISTS (SELECT FROM dispatch.closed_time c WHERE c.id = closed_time_id)"
    for table, whose, kept, by in (
        ("closed_time", KEPT, KEPT, "closed_by"),
        # Who reads what was closed reads that it was opened again; of what is not kept a keeper reads nothing.
        ("closed_time_end", of_closed, of_closed, "ended_by"),
    ):
        op.execute(f"ALTER TABLE dispatch.{table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE dispatch.{table} FORCE ROW LEVEL SECURITY")
        op.execute(f"GRANT SELECT, INSERT ON dispatch.{table} TO {WEB}")
        op.execute(f"GRANT SELECT ON dispatch.{table} TO {DOORKEEPER}")
        op.execute(
            f"CREATE POLICY {table}_dispatching ON dispatch.{table} FOR SELECT TO {WEB} USING ({READERS})"
        )
        keeper = "(SELECT foundation.actor_role()) = 'schedule-keeper'"
        op.execute(
            f"CREATE POLICY {table}_kept ON dispatch.{table} FOR SELECT TO {WEB} USING ({keeper} AND {whose})"
        )
        op.execute(
            f"CREATE POLICY {table}_kept_add ON dispatch.{table} FOR INSERT TO {WEB} "
            f"WITH CHECK ({keeper} AND {kept} AND {by} = {STAFF} AND (SELECT identity.actor_at_post()))"
        )
        op.execute(
            f"CREATE POLICY {table}_doorkeeper ON dispatch.{table} FOR SELECT TO {DOORKEEPER} USING (true)"
        )


def _asked() -> None:
    """Whether a time is closed; and which slots are booked, without a word of whose they are."""
    op.execute(
        """
        CREATE FUNCTION dispatch.is_closed(resource uuid, during tstzrange) RETURNS boolean LANGUAGE sql STABLE
        RETURN EXISTS (
            SELECT FROM dispatch.closed_time c WHERE c.resource_id = is_closed.resource AND c.during && is_closed.during
            AND NOT EXISTS (SELECT FROM dispatch.closed_time_end e WHERE e.closed_time_id = c.id))
        """
    )
    op.execute(f"GRANT SELECT (id, facility_id) ON dispatch.resource TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (id, kind) ON identity.facility TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION dispatch.booked_slots(resource uuid, during tstzrange) RETURNS SETOF uuid
        LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            number bigint := dispatch.subject_number('resource', resource);
        BEGIN
            IF NOT EXISTS (
                SELECT FROM dispatch.resource r WHERE r.id = resource AND dispatch.keeps_schedules(r.facility_id)
            ) THEN
                RETURN;
            END IF;
            RETURN QUERY SELECT o.slot_id FROM dispatch.occupation o
            WHERE int8range(o.subject_number, o.subject_number, '[]') && int8range(number, number, '[]')
              AND o.during && booked_slots.during AND o.subject_kind = 'resource' AND o.subject_id = resource;
        END $$
        """
    )
    _give_to_doorkeeper("booked_slots")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"GRANT EXECUTE ON FUNCTION dispatch.booked_slots TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _marks() -> None:
    """A slot is taken while its resource is occupied or its time is closed."""
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION dispatch.mark_slots(resource uuid, during tstzrange) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            UPDATE dispatch.slot s SET taken = NOT s.taken
            WHERE {OVERLAPPING} AND s.taken <> (
                {OCCUPIED} OR dispatch.is_closed(resource, tstzrange(s.starts_at, s.ends_at)));
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.close_slots() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            closed record;
        BEGIN
            -- TG_ARGV: the column that names what is closed, or opened again.
            SELECT c.resource_id, c.during INTO closed FROM dispatch.closed_time c WHERE c.id = (to_jsonb(NEW) ->> TG_ARGV[0])::uuid;
            -- Whoever books there, or adds times, has done so, or waits and then sees that it is closed.
            PERFORM dispatch.lock_slots(closed.resource_id, closed.during);
            PERFORM pg_advisory_xact_lock(dispatch.subject_number('resource', closed.resource_id));
            PERFORM dispatch.mark_slots(closed.resource_id, closed.during);
            RETURN NULL;
        END $$
        """
    )
    for table, column in (("closed_time", "id"), ("closed_time_end", "closed_time_id")):
        op.execute(
            f"CREATE TRIGGER {table}_marks AFTER INSERT ON dispatch.{table} "
            f"FOR EACH ROW EXECUTE FUNCTION dispatch.close_slots('{column}')"
        )
    _give_to_doorkeeper("close_slots")


def _refused() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.refuse_closed() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM dispatch.slot s WHERE s.id = NEW.slot_id
                AND dispatch.is_closed(s.resource_id, tstzrange(s.starts_at, s.ends_at))
            ) THEN
                -- By the name that the version before asks for as well, so that it refuses in its words.
                RAISE EXCEPTION 'the time is closed' USING ERRCODE = '23P01', CONSTRAINT = 'slot_occupancy_pkey';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    op.execute(f"GRANT SELECT (id) ON dispatch.slot TO {DOORKEEPER}")
    # After it occupies, for which it has waited for whoever closes: triggers go by their names.
    op.execute(
        "CREATE TRIGGER slot_occupancy_refused_where_closed AFTER INSERT ON dispatch.slot_occupancy FOR EACH ROW "
        "WHEN (NOT foundation.enters_the_past()) EXECUTE FUNCTION dispatch.refuse_closed()"
    )
    _give_to_doorkeeper("refuse_closed")
    op.execute(
        """
        CREATE FUNCTION dispatch.meet_closed_times() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            NEW.taken := NEW.taken OR dispatch.is_closed(NEW.resource_id, tstzrange(NEW.starts_at, NEW.ends_at));
            RETURN NEW;
        END $$
        """
    )
    # After it is looked at as one that is offered by hand, for which it has waited for whoever closes.
    op.execute(
        "CREATE TRIGGER slot_offered_within_closed_time BEFORE INSERT ON dispatch.slot "
        "FOR EACH ROW WHEN (NEW.starts_at < NEW.ends_at) EXECUTE FUNCTION dispatch.meet_closed_times()"
    )
    _give_to_doorkeeper("meet_closed_times")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION dispatch.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION dispatch.{function} FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")
