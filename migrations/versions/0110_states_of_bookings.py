"""A booking has a state of its own, which the database alone moves, with the event that its referral is given.

The states of a booking and the steps between them are rows (docs/decisions/0034-two-machines.md). A booking that was cancelled and one
that was over were told apart by rows of two tables, which could both be there; a live one by its slot being occupied.

A process of the version before writes bookings, what became of them and events as ever; their states follow. What stands is given
the state that its rows tell of; where they contradict each other, whether the slot is occupied decides.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0110"
down_revision = "0109"

PAST = "foundation.enters_the_past()"
# Code, and the word by which its end is told: 'cancelled' for a row of booking_cancellation, otherwise the outcome.
STATES = (("booked", None), ("cancelled", "cancelled"), ("fulfilled", "served"), ("no_show", "no_show"))
# From, to, act, and when: any time, before the visit's beginning, since its day, since its beginning.
TRANSITIONS = (
    ("booked", "cancelled", "booking.cancelled", None),
    ("booked", "cancelled", "referral.revoked", None),
    ("booked", "cancelled", "referral.rebooked", "before_visit"),
    ("booked", "fulfilled", "visit.served", "since_visit"),
    ("booked", "no_show", "visit.missed", "since_visit"),
)
READ = (
    "dispatch.booking",
    "dispatch.booking_cancellation",
    "dispatch.booking_outcome",
    "dispatch.slot_occupancy",
)
HOLDS = "EXISTS (SELECT FROM dispatch.slot_occupancy o WHERE o.booking_id = b.id)"
# Most were served; so the rows of those are not written once more.
STORED = (
    f"UPDATE dispatch.booking b SET state = 'booked', live = true WHERE {HOLDS}",
    "UPDATE dispatch.booking b SET state = 'no_show' FROM dispatch.booking_outcome t "
    f"WHERE t.booking_id = b.id AND t.outcome = 'no_show' AND NOT {HOLDS}",
    "UPDATE dispatch.booking b SET state = 'cancelled' "
    f"WHERE NOT {HOLDS} AND NOT EXISTS (SELECT FROM dispatch.booking_outcome t WHERE t.booking_id = b.id)",
)
CONTRADICT = """
    DO $$
    DECLARE
        found bigint;
    BEGIN
        SELECT count(*) INTO found FROM dispatch.booking b WHERE b.live
            = (EXISTS (SELECT FROM dispatch.booking_cancellation c WHERE c.booking_id = b.id)
               OR EXISTS (SELECT FROM dispatch.booking_outcome t WHERE t.booking_id = b.id))
            OR EXISTS (SELECT FROM dispatch.booking_cancellation c JOIN dispatch.booking_outcome t USING (booking_id)
                       WHERE c.booking_id = b.id);
        IF found > 0 THEN
            RAISE WARNING '% bookings are told of in two ways, or in none; they stay as they are', found;
        END IF;
    END $$
"""


def upgrade() -> None:
    # Whoever books now waits until the database follows.
    op.execute(f"LOCK TABLE {', '.join(READ)} IN ACCESS EXCLUSIVE MODE")
    _states()
    _stored()
    _live()
    op.execute(f"GRANT CREATE ON SCHEMA dispatch TO {DOORKEEPER}")
    _moved_by_events()
    _moved_by_loaders()
    op.execute(f"REVOKE CREATE ON SCHEMA dispatch FROM {DOORKEEPER}")


def _states() -> None:
    states = op.create_table(
        "booking_state",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("live", sa.Boolean, nullable=False),
        sa.Column("told_as", sa.Text, unique=True),
        sa.UniqueConstraint("code", "live", name="uq_booking_state_code_live"),
        schema="dispatch",
    )
    steps = op.create_table(
        "allowed_booking_transition",
        sa.Column("from_state", sa.Text, sa.ForeignKey("dispatch.booking_state.code"), primary_key=True),
        sa.Column("act", sa.Text, primary_key=True),
        sa.Column("to_state", sa.Text, sa.ForeignKey("dispatch.booking_state.code"), nullable=False),
        sa.Column("allowed", sa.Text),
        sa.CheckConstraint(
            "allowed IN ('before_visit', 'since_day', 'since_visit')",
            name="ck_allowed_booking_transition_allowed",
        ),
        schema="dispatch",
    )
    op.bulk_insert(states, [{"code": code, "live": told is None, "told_as": told} for code, told in STATES])
    names = ("from_state", "to_state", "act", "allowed")
    op.bulk_insert(steps, [dict(zip(names, line, strict=True)) for line in TRANSITIONS])
    for table in ("booking_state", "allowed_booking_transition"):
        op.execute(f"GRANT SELECT ON dispatch.{table} TO {', '.join(SERVICE_ROLES)}, {DOORKEEPER}")
        forbid_change(f"dispatch.{table}")


def _stored() -> None:
    op.execute("ALTER TABLE dispatch.booking ADD COLUMN state text NOT NULL DEFAULT 'fulfilled'")
    op.execute("ALTER TABLE dispatch.booking ADD COLUMN live boolean NOT NULL DEFAULT false")
    # Forced row security hides every row from the owner of the tables, and nobody changes a booking but by this.
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE dispatch.booking DISABLE TRIGGER USER")
    for statement in STORED:
        op.execute(statement)
    op.execute(CONTRADICT)
    op.execute("ALTER TABLE dispatch.booking ENABLE TRIGGER USER")
    op.execute("ALTER TABLE dispatch.booking ALTER COLUMN state SET DEFAULT 'booked'")
    op.execute("ALTER TABLE dispatch.booking ALTER COLUMN live SET DEFAULT true")
    op.execute(
        "ALTER TABLE dispatch.booking ADD CONSTRAINT fk_booking_state "
        "FOREIGN KEY (state, live) REFERENCES dispatch.booking_state (code, live)"
    )
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _live() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.stand_live() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN
                -- Whoever writes a booking books; its end is told afterwards.
                NEW.state := 'booked';
            END IF;
            NEW.live := (SELECT s.live FROM dispatch.booking_state s WHERE s.code = NEW.state);
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_booking_stands_live BEFORE INSERT OR UPDATE OF state, live ON dispatch.booking "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.stand_live()"
    )


def _moved_by_events() -> None:
    """Each step of a referral that has a live booking is a step of that booking, or refused."""
    op.execute(
        f"GRANT SELECT (id, referral_id, slot_id, state, live), UPDATE (state) ON dispatch.booking TO {DOORKEEPER}"
    )
    op.execute(f"GRANT SELECT (number, time_zone) ON dispatch.calendar TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION dispatch.move_booking() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            held record;
            step record;
            told_at timestamptz := clock_timestamp();
            zone text := (SELECT c.time_zone FROM dispatch.calendar c ORDER BY c.number DESC LIMIT 1);
        BEGIN
            SELECT b.id, b.state, v.starts_at, v.facility_id INTO held
            FROM dispatch.booking b JOIN dispatch.slot v ON v.id = b.slot_id
            WHERE b.referral_id = NEW.referral_id AND b.live FOR NO KEY UPDATE OF b;
            IF NOT FOUND THEN
                RETURN NULL;
            END IF;
            SELECT t.to_state, t.allowed INTO step FROM dispatch.allowed_booking_transition t
            WHERE t.from_state = held.state AND t.act = NEW.act;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'a booking that is % goes nowhere by %', held.state, NEW.act
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_step';
            END IF;
            IF NEW.actor_role = 'doctor' AND NEW.act IN ('patient.arrived', 'visit.served', 'visit.missed')
               AND held.facility_id IS DISTINCT FROM NEW.actor_facility_id
            THEN
                RAISE EXCEPTION 'the patient is expected at another facility'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_place';
            END IF;
            -- Clocks of two machines differ by ten minutes at most, as in foundation.told_now.
            IF step.allowed = 'since_visit' AND held.starts_at > told_at + interval '10 minutes' THEN
                RAISE EXCEPTION 'the visit has not begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_begun';
            ELSIF step.allowed = 'before_visit' AND held.starts_at < told_at - interval '10 minutes' THEN
                RAISE EXCEPTION 'the visit has begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_not_begun';
            ELSIF step.allowed = 'since_day' AND (held.starts_at AT TIME ZONE zone)::date > (told_at AT TIME ZONE zone)::date THEN
                RAISE EXCEPTION 'the day of the visit has not come'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_day';
            END IF;
            UPDATE dispatch.booking b SET state = step.to_state WHERE b.id = held.id;
            RETURN NULL;
        END $$
        """
    )
    # The owner and the loader enter the past, and events before bookings.
    op.execute(
        "CREATE TRIGGER referral_event_moves_booking AFTER INSERT ON dispatch.referral_event FOR EACH ROW "
        f"WHEN (NOT {PAST}) EXECUTE FUNCTION dispatch.move_booking()"
    )
    _give_to_doorkeeper("move_booking")


def _moved_by_loaders() -> None:
    """Of what a loader enters, the end that it tells of is the state."""
    for table, word in (("booking_cancellation", "'cancelled'"), ("booking_outcome", "e.outcome")):
        op.execute(
            f"""
            CREATE FUNCTION dispatch.end_bookings_by_{table.removeprefix("booking_")}() RETURNS trigger
            LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
            BEGIN
                UPDATE dispatch.booking b SET state = s.code FROM ended e JOIN dispatch.booking_state s ON s.told_as = {word}
                WHERE b.id = e.booking_id AND b.live;
                RETURN NULL;
            END $$
            """
        )
        op.execute(
            f"CREATE TRIGGER {table}_ends_bookings AFTER INSERT ON dispatch.{table} REFERENCING NEW TABLE AS ended "
            f"FOR EACH STATEMENT WHEN ({PAST}) EXECUTE FUNCTION dispatch.end_bookings_by_{table.removeprefix('booking_')}()"
        )
        _give_to_doorkeeper(f"end_bookings_by_{table.removeprefix('booking_')}")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION dispatch.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION dispatch.{function} FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")
