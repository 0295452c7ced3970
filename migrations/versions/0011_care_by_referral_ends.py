"""Care by referral ends: it is begun, moved and ended by one narrow function, and nobody in the web adds rows of care.

Who may: staff whose facility cares for the patient now. A dispatcher begins and ends the care of any facility; a doctor
lets the Dispatching Center in, or lets its care run out later, and may shorten, never lengthen, that of the own facility.
Care on another basis (attachment, encounter, import) is out of reach.

The doorkeeper's earlier functions could be called by every role: who has given a function away takes no right on it
back. Now the doorkeeper itself does.
"""

from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import WEB

revision = "0011"
down_revision = "0010"

RELATION = "identity.care_relation"
# Whatever the doorkeeper answers, and a trigger that nobody calls.
FUNCTIONS = (
    "account_of",
    "forget_idle_id_tokens",
    "match_patient",
    "session_of",
    "sessions_at_provider",
    "settle_care_by_referral",
    "touch_session",
)
TRIGGER = "forget_id_token"


def upgrade() -> None:
    _rights()
    _function()
    _callers()


def _rights() -> None:
    for policy in ("refer", "of_a_referral"):
        op.execute(f"DROP POLICY care_relation_{policy} ON {RELATION}")
    op.execute(f"REVOKE INSERT ON {RELATION} FROM {WEB}")
    seen, ends = "patient_id, facility_id, basis", "began_at, ends_at"
    op.execute(
        f"GRANT SELECT ({seen}, {ends}), INSERT (id, {seen}, {ends}), UPDATE ({ends}) ON {RELATION} TO {DOORKEEPER}"
    )
    op.execute(f"GRANT SELECT (code) ON identity.facility TO {DOORKEEPER}")
    # Whether a facility cares for a patient is asked on every basis; changed is only what a referral brought.
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper ON {RELATION} FOR SELECT TO {DOORKEEPER} USING (true)"
    )
    by_referral = "basis = 'referral'"
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_begin ON {RELATION} FOR INSERT TO {DOORKEEPER} "
        f"WITH CHECK ({by_referral})"
    )
    op.execute(
        f"CREATE POLICY care_relation_doorkeeper_move ON {RELATION} FOR UPDATE TO {DOORKEEPER} "
        f"USING ({by_referral}) WITH CHECK ({by_referral})"
    )


def _function() -> None:
    """What the answer tells: care has 'begun' or 'ended', what had no end is 'limited'; otherwise nothing."""
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(
        """
        CREATE FUNCTION identity.settle_care_by_referral(
            of_patient uuid, at_facility uuid, until timestamptz, otherwise uuid
        ) RETURNS text LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog AS $$
        DECLARE
            ends timestamptz := greatest(until, now());
            before timestamptz;
            role text := foundation.actor_role();
            center boolean := EXISTS (
                SELECT FROM identity.facility f WHERE f.id = at_facility AND f.code = 'DC-001');
            own boolean := at_facility = foundation.actor_facility() AND NOT center;
        BEGIN
            IF (foundation.actor_kind() = 'staff' AND identity.in_care(of_patient) AND (
                role = 'dispatcher' OR role = 'doctor' AND (own OR center AND ends > now()))) IS NOT TRUE
            THEN
                RAISE EXCEPTION 'this care is not the actor''s to change' USING ERRCODE = '42501';
            END IF;
            IF ends > now() AND (role = 'dispatcher' OR center) THEN
                INSERT INTO identity.care_relation (id, patient_id, facility_id, basis, began_at, ends_at)
                VALUES (otherwise, of_patient, at_facility, 'referral', now(), ends)
                ON CONFLICT (patient_id, facility_id, basis) DO NOTHING;
                IF FOUND THEN
                    RETURN 'begun';
                END IF;
            END IF;
            SELECT c.ends_at INTO before FROM identity.care_relation c
            WHERE c.patient_id = of_patient AND c.facility_id = at_facility AND c.basis = 'referral' FOR UPDATE;
            IF role = 'doctor' AND own AND ends > greatest(before, now()) THEN
                RAISE EXCEPTION 'this care is not the actor''s to lengthen' USING ERRCODE = '42501';
            END IF;
            IF before IS NULL OR before = ends OR greatest(before, ends) <= now() THEN
                RETURN '';
            END IF;
            UPDATE identity.care_relation c
            SET ends_at = ends, began_at = CASE WHEN before > now() THEN c.began_at ELSE now() END
            WHERE c.patient_id = of_patient AND c.facility_id = at_facility AND c.basis = 'referral';
            RETURN CASE
                WHEN before <= now() THEN 'begun'
                WHEN ends <= now() THEN 'ended'
                WHEN before = 'infinity' THEN 'limited'
                ELSE '' END;
        END $$
        """
    )
    op.execute(f"ALTER FUNCTION identity.settle_care_by_referral OWNER TO {DOORKEEPER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _callers() -> None:
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    for name in (*FUNCTIONS, TRIGGER):
        op.execute(f"REVOKE ALL ON FUNCTION identity.{name} FROM PUBLIC")
    for name in FUNCTIONS:
        op.execute(f"GRANT EXECUTE ON FUNCTION identity.{name} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")
