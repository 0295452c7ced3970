"""Nobody and nothing is in two places: a booking occupies its patient and its resource for the whole time of its slot.

One exclusion constraint holds it for patients and resources alike (docs/decisions/0031-occupations.md). Occupations are made, moved and
ended by the database alone, with the occupancy of a slot, whichever version of the service writes that; nobody who serves may write
or read them. What stands already and overlaps is kept, in a further lane.

While a resource is occupied every slot of it that overlaps is taken, not only the one that was booked: the index of free slots goes on to
hold just what can be had.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSTZRANGE, UUID

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0100"
down_revision = "0099"

SAME = (
    "int8range({one}.subject_number, {one}.subject_number, '[]') && int8range({number}, {number}, '[]') "
    "AND {one}.during && {during}"
)
# The lane beyond all that the subject is in at that time; 0 where it is free.
LANE = (
    "coalesce((SELECT max(x.lane) + 1 FROM dispatch.occupation x WHERE "
    + SAME.format(one="x", number="{number}", during="{during}")
    + " AND x.booking_id <> {booking}), 0)"
)
STORED = f"""
    DO $$
    DECLARE
        held record;
    BEGIN
        FOR held IN
            SELECT o.booking_id, o.slot_id, subject.kind, subject.id, dispatch.subject_number(subject.kind, subject.id) AS number,
                   tstzrange(s.starts_at, s.ends_at) AS during
            FROM dispatch.slot_occupancy o JOIN dispatch.slot s ON s.id = o.slot_id
            CROSS JOIN LATERAL (VALUES ('patient', o.patient_id), ('resource', s.resource_id)) AS subject (kind, id)
            WHERE NOT EXISTS (SELECT FROM dispatch.occupation x WHERE x.booking_id = o.booking_id)
            ORDER BY s.starts_at, s.id
        LOOP
            INSERT INTO dispatch.occupation (booking_id, slot_id, subject_kind, subject_id, lane, during)
            VALUES (held.booking_id, held.slot_id, held.kind, held.id,
                    {LANE.format(number="held.number", during="held.during", booking="held.booking_id")}, held.during);
        END LOOP;
    END $$
"""
STORED_BESIDE = """
    UPDATE dispatch.slot s SET taken = true FROM dispatch.occupation o
    WHERE o.subject_kind = 'resource' AND s.resource_id = o.subject_id AND NOT s.taken
      AND s.starts_at < upper(o.during) AND s.ends_at > lower(o.during)
      -- By the index, and as they are marked and freed from now on.
      AND s.starts_at > lower(o.during) - interval '24 hours'
"""


def upgrade() -> None:
    # Whoever books now waits until the database follows.
    op.execute("LOCK TABLE dispatch.slot_occupancy, dispatch.slot IN ACCESS EXCLUSIVE MODE")
    _occupations()
    _stored()
    op.execute(f"GRANT CREATE ON SCHEMA dispatch TO {DOORKEEPER}")
    _beside()
    _begins()
    _ends()
    _moves()
    _new_slots()
    op.execute(f"REVOKE CREATE ON SCHEMA dispatch FROM {DOORKEEPER}")


def _occupations() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.subject_number(kind text, id uuid) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN uuid_hash_extended(id, CASE kind WHEN 'patient' THEN 1 ELSE 2 END)
        """
    )
    op.create_table(
        "occupation",
        sa.Column("booking_id", UUID, sa.ForeignKey("dispatch.booking.id"), primary_key=True),
        sa.Column("subject_kind", sa.Text, primary_key=True),
        sa.Column("subject_id", UUID, primary_key=True),
        sa.Column("slot_id", UUID, sa.ForeignKey("dispatch.slot.id"), nullable=False),
        sa.Column(
            "subject_number",
            sa.BigInteger,
            sa.Computed("dispatch.subject_number(subject_kind, subject_id)", persisted=True),
            nullable=False,
        ),
        sa.Column("lane", sa.Integer, nullable=False, server_default="0"),
        sa.Column("during", TSTZRANGE, nullable=False),
        sa.CheckConstraint("subject_kind IN ('resource', 'patient')", name="ck_occupation_subject_kind"),
        sa.CheckConstraint("lane >= 0", name="ck_occupation_lane"),
        sa.CheckConstraint(
            "lower(during) < upper(during) AND lower_inc(during) AND NOT upper_inc(during)",
            name="ck_occupation_during",
        ),
        schema="dispatch",
    )
    op.execute(
        "ALTER TABLE dispatch.occupation ADD CONSTRAINT ex_occupation_during EXCLUDE USING gist ("
        "int8range(subject_number, subject_number, '[]') WITH &&, int4range(lane, lane, '[]') WITH &&, during WITH &&)"
    )
    op.execute(
        f"GRANT SELECT, INSERT, DELETE, UPDATE (subject_id, lane) ON dispatch.occupation TO {DOORKEEPER}"
    )
    op.execute(f"GRANT SELECT (resource_id, starts_at, ends_at, taken) ON dispatch.slot TO {DOORKEEPER}")
    op.execute(f"GRANT UPDATE (taken) ON dispatch.slot TO {DOORKEEPER}")
    op.execute(
        f"CREATE POLICY dispatch_occupation_doorkeeper ON dispatch.occupation TO {DOORKEEPER} "
        "USING (true) WITH CHECK (true)"
    )


def _stored() -> None:
    op.execute("ALTER TABLE dispatch.slot_occupancy NO FORCE ROW LEVEL SECURITY")
    op.execute(STORED)
    op.execute("ALTER TABLE dispatch.slot_occupancy FORCE ROW LEVEL SECURITY")
    op.execute("ANALYZE dispatch.occupation")
    op.execute("ALTER TABLE dispatch.slot DISABLE TRIGGER slot_changes_with_occupancy")
    op.execute(STORED_BESIDE)
    op.execute("ALTER TABLE dispatch.slot ENABLE TRIGGER slot_changes_with_occupancy")
    op.execute("ALTER TABLE dispatch.occupation ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE dispatch.occupation FORCE ROW LEVEL SECURITY")


def _beside() -> None:
    """Slots that overlap a time of their resource: locked in one order by whoever takes or frees one, then marked.

    In two statements, for who waited for the locks must see what the others did.
    """
    overlapping = (
        "s.resource_id = resource AND s.starts_at < upper(during) AND s.ends_at > lower(during) "
        # By the index: none lasts longer, but for what stood before that was asked.
        "AND s.starts_at > lower(during) - interval '24 hours'"
    )
    occupied = SAME.format(
        one="o",
        number="dispatch.subject_number('resource', resource)",
        during="tstzrange(s.starts_at, s.ends_at)",
    )
    op.execute(
        f"""
        CREATE FUNCTION dispatch.lock_slots(resource uuid, during tstzrange) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            PERFORM FROM dispatch.slot s WHERE {overlapping} ORDER BY s.id FOR UPDATE;
        END $$
        """
    )
    op.execute(
        f"""
        CREATE FUNCTION dispatch.mark_slots(resource uuid, during tstzrange) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
        BEGIN
            UPDATE dispatch.slot s SET taken = NOT s.taken
            WHERE {overlapping} AND s.taken <> EXISTS (
                SELECT FROM dispatch.occupation o WHERE {occupied} AND o.subject_kind = 'resource');
        END $$
        """
    )


def _begins() -> None:
    asked = "(VALUES ('patient', NEW.patient_id), ('resource', place.resource_id)) AS subject (kind, id)"
    same = SAME.format(
        one="o", number="dispatch.subject_number(subject.kind, subject.id)", during="place.during"
    )
    op.execute(
        f"""
        CREATE FUNCTION dispatch.occupy() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            place record;
            met text;
        BEGIN
            SELECT s.resource_id, tstzrange(s.starts_at, s.ends_at) AS during INTO place
            FROM dispatch.slot s WHERE s.id = NEW.slot_id;
            PERFORM dispatch.lock_slots(place.resource_id, place.during);
            IF TG_NARGS > 0 THEN
                -- Two who meet at the constraint wait for each other; so they wait here, in one order.
                PERFORM pg_advisory_xact_lock(number) FROM (
                    SELECT dispatch.subject_number(subject.kind, subject.id) AS number FROM {asked} ORDER BY 1) AS numbers;
            END IF;
            -- In whatever lane: what stands in a further one is kept, and makes no room beside the others.
            SELECT subject.kind INTO met FROM {asked} JOIN dispatch.occupation o ON {same} LIMIT 1;
            IF FOUND THEN
                -- By the names of what the version before asks for as well, so that it refuses in its words.
                RAISE EXCEPTION 'the % is occupied at that time', met USING ERRCODE = '23P01', CONSTRAINT =
                    CASE met WHEN 'patient' THEN 'uq_slot_occupancy_patient_id_starts_at' ELSE 'slot_occupancy_pkey' END;
            END IF;
            INSERT INTO dispatch.occupation (booking_id, slot_id, subject_kind, subject_id, during)
            SELECT NEW.booking_id, NEW.slot_id, subject.kind, subject.id, place.during FROM {asked};
            PERFORM dispatch.mark_slots(place.resource_id, place.during);
            RETURN NULL;
        END $$
        """
    )
    op.execute("DROP TRIGGER slot_occupancy_marks ON dispatch.slot_occupancy")
    op.execute("DROP FUNCTION dispatch.mark_taken()")
    # Who enters thousands at once holds no lock for each of them.
    for name, condition, words in (
        ("occupies", "NOT foundation.enters_the_past()", "'waits'"),
        ("of_the_past_occupies", "foundation.enters_the_past()", ""),
    ):
        op.execute(
            f"CREATE TRIGGER slot_occupancy_{name} AFTER INSERT ON dispatch.slot_occupancy FOR EACH ROW "
            f"WHEN ({condition}) EXECUTE FUNCTION dispatch.occupy({words})"
        )
    _give_to_doorkeeper("occupy")


def _ends() -> None:
    op.execute(
        """
        CREATE FUNCTION dispatch.vacate() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            place record;
        BEGIN
            SELECT s.resource_id, tstzrange(s.starts_at, s.ends_at) AS during INTO place
            FROM dispatch.slot s WHERE s.id = OLD.slot_id;
            PERFORM dispatch.lock_slots(place.resource_id, place.during);
            DELETE FROM dispatch.occupation o WHERE o.booking_id = OLD.booking_id;
            PERFORM dispatch.mark_slots(place.resource_id, place.during);
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER slot_occupancy_vacates AFTER DELETE ON dispatch.slot_occupancy "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.vacate()"
    )
    _give_to_doorkeeper("vacate")


def _moves() -> None:
    """With the record, when two of one person are joined or parted: visits that then overlap both stand."""
    number = "dispatch.subject_number('patient', NEW.patient_id)"
    op.execute(
        f"""
        CREATE FUNCTION dispatch.carry_occupation() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            PERFORM pg_advisory_xact_lock({number});
            UPDATE dispatch.occupation o SET subject_id = NEW.patient_id,
                lane = {LANE.format(number=number, during="o.during", booking="o.booking_id")}
            WHERE o.booking_id = NEW.booking_id AND o.subject_kind = 'patient' AND o.subject_id = OLD.patient_id;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER slot_occupancy_carries AFTER UPDATE OF patient_id ON dispatch.slot_occupancy FOR EACH ROW "
        "WHEN (OLD.patient_id <> NEW.patient_id) EXECUTE FUNCTION dispatch.carry_occupation()"
    )
    _give_to_doorkeeper("carry_occupation")


def _new_slots() -> None:
    """A slot that is offered for a time at which its resource is occupied is taken from the beginning."""
    same = SAME.format(
        one="o",
        number="dispatch.subject_number('resource', NEW.resource_id)",
        during="tstzrange(NEW.starts_at, NEW.ends_at)",
    )
    op.execute(
        f"""
        CREATE FUNCTION dispatch.meet_occupations() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            -- What has no length the constraint refuses, and in its own words.
            IF NEW.starts_at < NEW.ends_at THEN
                NEW.taken := EXISTS (SELECT FROM dispatch.occupation o WHERE {same} AND o.subject_kind = 'resource');
            END IF;
            RETURN NEW;
        END $$
        """
    )
    # After its resource is found: triggers go by their names.
    op.execute(
        "CREATE TRIGGER slot_meets_occupations BEFORE INSERT ON dispatch.slot "
        "FOR EACH ROW EXECUTE FUNCTION dispatch.meet_occupations()"
    )
    _give_to_doorkeeper("meet_occupations")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION dispatch.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION dispatch.{function} FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")
