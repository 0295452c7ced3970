"""A place in the treating team lasts no longer than what the facility cares for the patient by besides.

It had no end, and opened the record by itself after the referral, and whatever else brought the patient there, was long over. A trigger
now sets its end to that of the longest other care, whoever enters or ends such care; care that begins anew finds nobody in the team.
Reading asks nothing more: both walls look at the end of the place, as before.

The patient sees who treats them in person, in the copy of their data and behind each access; what a label closes to a parent, 0083
closes there as well.

A process of the version before enters and ends care as it did.
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER

revision = "0092"
down_revision = "0091"

RELATION = "identity.care_relation"
BEGUN = "{care}.began_at <= now() + interval '1 minute'"
PLACES = (
    "t.patient_id = ANY(whose) AND t.facility_id = NEW.facility_id AND t.basis = 'team' AND t.ends_at > now()"
)
OTHER = (
    "o.patient_id = {patient} AND o.facility_id = {facility} AND o.staff_id IS NULL "
    f"AND o.basis NOT IN ('team', 'emergency') AND {BEGUN.format(care='o')}"
)
ENDS = f"coalesce((SELECT max(o.ends_at) FROM {RELATION} o WHERE {OTHER}), now())"
OWN_OR_EVERYBODYS = "staff_id IS NULL OR staff_id = (SELECT foundation.actor_staff())"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _places()
    _changing()
    _parting()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(
        f"ALTER POLICY care_relation_own_staff ON {RELATION} "
        f"USING ({OWN_OR_EVERYBODYS} OR patient_id = (SELECT foundation.actor_patient('whole')))"
    )
    due = ENDS.format(patient="t.patient_id", facility="t.facility_id")
    op.execute(
        f"UPDATE {RELATION} t SET ends_at = {due} WHERE t.basis = 'team' AND t.ends_at > now() AND t.ends_at <> {due}"
    )


def _places() -> None:
    """Whoever enters a place waits for who ends the care that it hangs on, and is looked at by who comes later. Records that are
    joined settle it when all of their rows have moved."""
    due = ENDS.format(patient="t.patient_id", facility="t.facility_id")
    one_of = OTHER.format(patient="ANY(whose)", facility="NEW.facility_id")
    op.execute(
        f"""
        CREATE FUNCTION identity.settle_places() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            whose uuid[] := ARRAY[NEW.patient_id, OLD.patient_id];
        BEGIN
            IF NOT EXISTS (SELECT FROM {RELATION} t WHERE {PLACES}) THEN
                RETURN NULL;
            END IF;
            IF NEW.basis = 'team' THEN
                PERFORM FROM {RELATION} o WHERE {one_of} FOR SHARE;
            END IF;
            PERFORM pg_advisory_xact_lock(hashtextextended('team ' || NEW.patient_id::text, 0));
            UPDATE {RELATION} t SET ends_at = {due}
            WHERE {PLACES} AND CASE WHEN NEW.basis = 'team' THEN t.ends_at > {due} ELSE t.ends_at <> {due} END;
            RETURN NULL;
        END $$
        """
    )
    op.execute(
        f"CREATE CONSTRAINT TRIGGER identity_care_relation_places AFTER INSERT OR UPDATE OF patient_id, began_at, ends_at "
        f"ON {RELATION} DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN (NEW.basis <> 'emergency') "
        "EXECUTE FUNCTION identity.settle_places()"
    )
    op.execute(f"ALTER FUNCTION identity.settle_places OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.settle_places FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _changing() -> None:
    """Who is in the team changes it while other care lives; it says "begun" only of who is in it afterwards."""
    _say_instead("may_change_team", "o.basis <> 'emergency'", "o.basis NOT IN ('team', 'emergency')")
    living = (
        "EXISTS (SELECT FROM identity.care_relation c WHERE c.patient_id = of_patient AND c.facility_id = place "
        "AND c.staff_id = changed AND c.basis = 'team' AND c.ends_at > now())"
    )
    _say_instead(
        "settle_team",
        "CASE WHEN changed IS NULL THEN '' ELSE 'begun' END",
        f"CASE WHEN {living} THEN 'begun' ELSE '' END",
    )


def _parting() -> None:
    """Places are settled when the care of each record is as it was."""
    _say_instead("undo_merge", "SET CONSTRAINTS ALL IMMEDIATE;", "")
    last = "PERFORM identity.part_care(of_merge, survivor, merged);"
    _say_instead("undo_merge", last, f"{last}\n            SET CONSTRAINTS ALL IMMEDIATE;")


def _say_instead(function: str, before: str, after: str) -> None:
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    if told.count(before) != 1:
        raise RuntimeError(f"identity.{function} does not say once: {before}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(before, after).replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
