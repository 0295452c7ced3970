"""A referral is booked exactly while a booking of it lives, and that booking exactly while it occupies its slot.

Looked at when a transaction ends, for within it one row is written before the other. Until now an event said "booked" without a booking,
a slot was taken for a referral that waited, or freed under one that stayed booked; and a booking was cancelled and had an outcome.
Whose turn it is and by when, follows from the state, too: nobody makes another facility the owner, or puts the day off for ever.

A booking of the web is of a slot for what the referral asks for, and to come. The loader and the owner enter the past and are not asked.
A process of the version before writes all of it as it should be. What contradicts itself already is let be, and told of by the warning: its next step is refused until whoever runs the service has looked at it.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0111"
down_revision = "0110"

UNTRUSTED = "NOT foundation.enters_the_past()"
CENTER_CODE = "DC-001"
# Of each table: when its rows are looked at, and how the booking or the referral is known.
LOOKED_AT = {
    "dispatch.referral": (
        "INSERT OR UPDATE OF state, version, owner_id, next_action_due",
        "hold_referral",
        "id",
    ),
    # What moves it afterwards comes with an event, or with what a loader tells.
    "dispatch.booking": ("INSERT", "hold_booking", "id"),
    "dispatch.booking_cancellation": ("INSERT", "hold_booking", "booking_id"),
    "dispatch.booking_outcome": ("INSERT", "hold_booking", "booking_id"),
    "dispatch.slot_occupancy": ("INSERT OR DELETE", "hold_booking", "booking_id"),
}

TABLES = ("dispatch.referral", "dispatch.booking")
CONTRADICT = """
    DO $$
    DECLARE
        found bigint;
    BEGIN
        SELECT count(*) INTO found FROM dispatch.referral r JOIN dispatch.state s ON s.code = r.state
        WHERE s.needs_booking <> EXISTS (SELECT FROM dispatch.booking b WHERE b.referral_id = r.id AND b.live);
        IF found > 0 THEN
            RAISE WARNING '% referrals are booked without a booking, or have one and are not; they stay as they are', found;
        END IF;
    END $$
"""


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA dispatch TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (booking_id) ON dispatch.slot_occupancy TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (booking_id) ON dispatch.booking_cancellation TO {DOORKEEPER}")
    op.execute(f"GRANT SELECT (booking_id, outcome) ON dispatch.booking_outcome TO {DOORKEEPER}")
    _of_a_referral()
    _of_a_booking()
    for table, (when, function, column) in LOOKED_AT.items():
        op.execute(
            f"CREATE CONSTRAINT TRIGGER {table.replace('.', '_')}_held AFTER {when} ON {table} "
            f"DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({UNTRUSTED}) "
            f"EXECUTE FUNCTION dispatch.{function}('{column}')"
        )
    for function in ("hold_referral", "hold_booking"):
        _give_to_doorkeeper(function)
    op.execute(f"REVOKE CREATE ON SCHEMA dispatch FROM {DOORKEEPER}")
    _slots_to_come()
    # Forced row security hides every row from the owner of the tables.
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute(CONTRADICT)
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def _of_a_referral() -> None:
    op.execute(
        f"""
        CREATE FUNCTION dispatch.require_held(of_referral uuid) RETURNS void LANGUAGE plpgsql STABLE AS $$
        DECLARE
            stands record;
        BEGIN
            SELECT r.owner_id, r.next_action_due, s.needs_booking, b.id AS booking_id, o.booking_id AS occupying_id,
                CASE s.turn WHEN 'visited' THEN v.facility_id
                    WHEN 'center' THEN (SELECT f.id FROM identity.facility f WHERE f.code = '{CENTER_CODE}') END AS owner,
                CASE WHEN s.needs_booking THEN v.ends_at
                     -- Clocks of two machines differ by ten minutes at most.
                     ELSE coalesce(now() + s.act_within + interval '10 minutes', r.due_at) END AS latest
            INTO stands
            FROM dispatch.referral r JOIN dispatch.state s ON s.code = r.state
            LEFT JOIN dispatch.booking b ON b.referral_id = r.id AND b.live
            LEFT JOIN dispatch.slot v ON v.id = b.slot_id
            LEFT JOIN dispatch.slot_occupancy o ON o.referral_id = r.id
            WHERE r.id = of_referral;
            IF stands.needs_booking <> (stands.booking_id IS NOT NULL) THEN
                RAISE EXCEPTION 'a referral is booked exactly while a booking of it lives'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_booked';
            END IF;
            IF stands.booking_id IS DISTINCT FROM stands.occupying_id THEN
                RAISE EXCEPTION 'a booking lives exactly while it occupies its slot'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_occupies';
            END IF;
            IF stands.owner_id <> stands.owner THEN
                RAISE EXCEPTION 'the turn with this referral is another''s'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_owner';
            END IF;
            IF stands.next_action_due > stands.latest OR stands.needs_booking AND stands.next_action_due <> stands.latest THEN
                RAISE EXCEPTION 'whoever has the turn with this referral acts sooner'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_referral_act_by';
            END IF;
        END $$
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.hold_referral() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM dispatch.require_held((to_jsonb(NEW) ->> TG_ARGV[0])::uuid);
            RETURN NULL;
        END $$
        """
    )


def _of_a_booking() -> None:
    """Its own rows and its referral: who frees a slot touches no other."""
    op.execute(
        """
        CREATE FUNCTION dispatch.hold_booking() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            of_booking uuid := (to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END) ->> TG_ARGV[0])::uuid;
            stands record;
        BEGIN
            SELECT b.referral_id, b.live, s.told_as,
                EXISTS (SELECT FROM dispatch.slot_occupancy o WHERE o.booking_id = b.id) AS occupies,
                ARRAY(SELECT 'cancelled' FROM dispatch.booking_cancellation c WHERE c.booking_id = b.id
                      UNION ALL SELECT t.outcome FROM dispatch.booking_outcome t WHERE t.booking_id = b.id) AS told
            INTO stands
            FROM dispatch.booking b JOIN dispatch.booking_state s ON s.code = b.state WHERE b.id = of_booking;
            IF stands.told <> array_remove(ARRAY[stands.told_as], NULL) THEN
                RAISE EXCEPTION 'of a booking one end is told, and that of its state'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_told';
            END IF;
            -- Of several of one referral each by itself.
            IF stands.live <> stands.occupies THEN
                RAISE EXCEPTION 'a booking lives exactly while it occupies its slot'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_occupies';
            END IF;
            PERFORM dispatch.require_held(stands.referral_id);
            RETURN NULL;
        END $$
        """
    )


def _slots_to_come() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.require_slot_to_come() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE
            slot record;
        BEGIN
            SELECT v.service_code, v.starts_at INTO slot FROM dispatch.slot v WHERE v.id = NEW.slot_id;
            IF slot.service_code IS DISTINCT FROM (SELECT r.service_code FROM dispatch.referral r WHERE r.id = NEW.referral_id) THEN
                RAISE EXCEPTION 'the slot is for another service'
                    USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_service';
            END IF;
            IF slot.starts_at < clock_timestamp() - interval '10 minutes' THEN
                RAISE EXCEPTION 'the slot has begun' USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_booking_to_come';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER dispatch_booking_to_come BEFORE INSERT ON dispatch.booking FOR EACH ROW "
        f"WHEN ({UNTRUSTED}) EXECUTE FUNCTION dispatch.require_slot_to_come()"
    )


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION dispatch.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION dispatch.{function} FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")
