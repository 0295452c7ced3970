"""Who treats a patient in person is taken into the team by those who are in it, or by whoever wrote what is labelled.

The team of a facility is its care relations of one person each. Nobody but their owner sees such a row, so three functions of the
doorkeeper's tell and change them: who is in it is told to those who may change it and, of every facility, to the patient, but to no
parent to whom labels are closed. Whether there is a team at all would betray a labelled entry to everybody else.

Nobody takes themself in, nobody anybody while care is an emergency's alone, and a place ends by the members' own hands: else whoever
wrote one labelled entry would keep or deny for ever what is the team's.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER, WEB

revision = "0073"
down_revision = "0072"

RELATION = "identity.care_relation"
TEAM = "basis = 'team' AND staff_id IS NOT NULL"
CURRENT = "c.basis = 'team' AND c.began_at <= now() + interval '1 minute' AND c.ends_at > now()"
MEMBER = (
    "c.patient_id = of_patient AND c.facility_id = foundation.actor_facility() "
    f"AND c.staff_id = foundation.actor_staff() AND {CURRENT}"
)
ORDINARY_CARE = (
    "EXISTS (SELECT FROM identity.care_relation o WHERE o.patient_id = of_patient "
    "AND o.facility_id = foundation.actor_facility() AND (o.staff_id IS NULL OR o.staff_id = foundation.actor_staff()) "
    "AND o.basis <> 'emergency' AND o.began_at <= now() + interval '1 minute' AND o.ends_at > now())"
)
FUNCTIONS = ("may_change_team", "team_of", "settle_team")


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_team ON {RELATION} FOR INSERT TO {DOORKEEPER} WITH CHECK ({TEAM})"
    )
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_team_move ON {RELATION} FOR UPDATE TO {DOORKEEPER} "
        f"USING ({TEAM}) WITH CHECK ({TEAM})"
    )
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _may_change()
    _team()
    _settling()
    for name in FUNCTIONS:
        op.execute(f"ALTER FUNCTION identity.{name} OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    for name in FUNCTIONS:
        op.execute(f"REVOKE ALL ON FUNCTION identity.{name} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{name} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _may_change() -> None:
    op.execute(
        f"""
        CREATE FUNCTION identity.may_change_team(of_patient uuid) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT coalesce(foundation.actor_kind() = 'staff' AND foundation.actor_role() IN ('doctor', 'nurse')
            AND identity.actor_at_post() AND {ORDINARY_CARE} AND (EXISTS (
                SELECT FROM identity.care_relation c WHERE {MEMBER}
            ) OR EXISTS (
                SELECT FROM emr.entry_version v
                WHERE v.patient_id = of_patient AND v.facility_id = foundation.actor_facility()
                  AND v.author_id = foundation.actor_staff() AND v.restrictions IS NOT NULL
                  AND EXISTS (SELECT FROM emr.signature s WHERE s.entry_id = v.entry_id AND s.number = v.number)
            )), false)
        $$
        """
    )


def _team() -> None:
    op.execute(
        f"""
        CREATE FUNCTION identity.team_of(of_patient uuid)
        RETURNS TABLE (staff_id uuid, facility_id uuid, began_at timestamptz)
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT c.staff_id, c.facility_id, c.began_at FROM identity.care_relation c
        WHERE c.patient_id = of_patient AND c.staff_id IS NOT NULL AND {CURRENT}
          AND (of_patient = foundation.actor_patient('whole') AND identity.hidden_from_actor() = '{{}}'
               OR c.facility_id = foundation.actor_facility() AND identity.may_change_team(of_patient))
        ORDER BY c.began_at, c.staff_id
        $$
        """
    )


def _settling() -> None:
    """Returns what has changed: "begun", "ended", or "" where nothing has."""
    op.execute(
        f"""
        CREATE FUNCTION identity.settle_team(of_patient uuid, member uuid, begins boolean, named uuid) RETURNS text
        LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            place uuid := foundation.actor_facility();
            changed uuid;
        BEGIN
            IF NOT identity.may_change_team(of_patient) THEN
                RAISE EXCEPTION 'this actor changes no team of this patient' USING ERRCODE = '42501';
            END IF;
            IF NOT begins THEN
                IF NOT EXISTS (SELECT FROM identity.care_relation c WHERE {MEMBER}) THEN
                    RAISE EXCEPTION 'the team alone ends a place in it' USING ERRCODE = '42501';
                END IF;
                UPDATE identity.care_relation c SET ends_at = now()
                WHERE c.patient_id = of_patient AND c.facility_id = place AND c.staff_id = member AND {CURRENT}
                RETURNING c.staff_id INTO changed;
                RETURN CASE WHEN changed IS NULL THEN '' ELSE 'ended' END;
            END IF;
            IF member = foundation.actor_staff() THEN
                RAISE EXCEPTION 'nobody takes themself into a team' USING ERRCODE = '42501';
            END IF;
            IF NOT EXISTS (
                SELECT FROM identity.staff_post t WHERE t.staff_id = member AND t.facility_id = place
                  AND t.role IN ('doctor', 'nurse') AND t.began_at <= now() AND t.ends_at > now())
            THEN
                RAISE EXCEPTION 'who treats works here now, as a doctor or a nurse' USING ERRCODE = '42501';
            END IF;
            INSERT INTO identity.care_relation AS c (id, patient_id, facility_id, basis, staff_id, began_at, ends_at)
            VALUES (named, of_patient, place, 'team', member, now(), 'infinity')
            ON CONFLICT (patient_id, facility_id, basis, staff_id)
            DO UPDATE SET began_at = excluded.began_at, ends_at = excluded.ends_at WHERE c.ends_at <= now()
            RETURNING c.staff_id INTO changed;
            RETURN CASE WHEN changed IS NULL THEN '' ELSE 'begun' END;
        END $$
        """
    )
