"""A keeper of schedules offers times by hand: of their own facility, at the Dispatching Center of every one.

Times of one resource that are offered so never overlap, whoever adds them at the same moment. What a file of the operator's brings goes on
to be looked at by the command alone.
"""

from alembic import op

from foundation.postgres.roles import WEB

revision = "0107"
down_revision = "0106"

# Everything but `taken`, which is the database's to say, and the resource, which it finds by the name.
TOLD = "id, service_code, facility_id, resource_en, resource_ru, starts_at, ends_at"
KEEPS = """
    foundation.actor_role() = 'schedule-keeper' AND identity.actor_at_post() AND (
        {facility} = foundation.actor_facility() OR EXISTS (
            SELECT FROM identity.facility f WHERE f.id = foundation.actor_facility() AND f.kind = 'dispatching_center'))
"""


def upgrade() -> None:
    op.execute(
        f"""
        CREATE FUNCTION dispatch.keeps_schedules(facility uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN coalesce({KEEPS.format(facility="facility")}, false)
        """
    )
    op.execute(
        """
        CREATE FUNCTION dispatch.offer_by_hand() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF NOT dispatch.keeps_schedules(NEW.facility_id) THEN
                RAISE EXCEPTION 'times are offered by who keeps the schedules of the facility' USING ERRCODE = '42501';
            END IF;
            IF NEW.starts_at <= now() THEN
                RAISE EXCEPTION 'a time that has begun is offered to nobody' USING ERRCODE = '23514', CONSTRAINT = 'ck_slot_to_come';
            END IF;
            -- Whoever adds to the same resource waits, and then sees what was added.
            PERFORM pg_advisory_xact_lock(dispatch.subject_number('resource', NEW.resource_id));
            IF EXISTS (
                SELECT FROM dispatch.slot s WHERE s.resource_id = NEW.resource_id
                AND s.starts_at < NEW.ends_at AND s.ends_at > NEW.starts_at AND s.starts_at > NEW.starts_at - interval '24 hours'
            ) THEN
                RAISE EXCEPTION 'the resource is offered at that time already' USING ERRCODE = '23P01', CONSTRAINT = 'ex_slot_during';
            END IF;
            RETURN NEW;
        END $$
        """
    )
    # After its resource is found: triggers go by their names.
    op.execute(
        "CREATE TRIGGER slot_offered_by_hand BEFORE INSERT ON dispatch.slot FOR EACH ROW "
        "WHEN (NOT foundation.enters_the_past()) EXECUTE FUNCTION dispatch.offer_by_hand()"
    )
    op.execute(f"GRANT INSERT ({TOLD}) ON dispatch.slot TO {WEB}")
