"""What asks whether a record was joined with another: signing in, who looked, what is announced, and whoever writes into it late.

A row that came too late for the record that it names is refused, and its sender asks again; news of such a record are those of
the one that stays (portal/notices).
"""

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import WEB

revision = "0072"
down_revision = "0071"

JOINED = "SELECT identity.joined_into_actor()"
# Where something new of a record begins; everything else hangs on a row of these, and moves with it.
BEGINNINGS = (
    *(
        "emr.entry",
        "emr.draft",
        "emr.import_conflict",
        "dispatch.referral",
        "archive.study",
        "archive.study_assignment",
    ),
    *(
        "identity.care_relation",
        "identity.patient_identifier",
        "identity.confirmed_identity",
        "identity.linking_code",
    ),
    *("identity.delegation", "identity.delegation_offer", "identity.contact_point", "identity.death"),
)
# foundation/database/transactions.py tells it as what it is.
JOINED_MEANWHILE = "PT412"


def upgrade() -> None:
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    _signing_in()
    _late_rows()
    _joined()
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")
    _who_looked()
    _messages()


def _signing_in() -> None:
    _say_also("session_of", "AND p.recorded_death_on IS NULL", "AND p.merged_into IS NULL")
    _say_also("confirmed_patient", "a.subject = of_subject", "AND p.merged_into IS NULL")
    # A number that came with a record whose account does not go on: it finds the record, and nobody signs in by it.
    op.execute(
        """
        CREATE FUNCTION identity.signs_nobody_in(identifier_system text, digest bytea) RETURNS boolean
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog AS $$
        SELECT EXISTS (
            SELECT FROM identity.patient_identifier i
            JOIN identity.merged_row r ON r.table_name = 'identity.patient_identifier' AND r.row_id = i.id
            JOIN identity.merge m ON m.id = r.merge_id
            WHERE i.system = identifier_system AND i.value_digest = digest AND NOT m.accounts_moved
              AND NOT EXISTS (SELECT FROM identity.merge_undone u WHERE u.merge_id = m.id))
        $$
        """
    )
    _give_to_doorkeeper("signs_nobody_in")


def _say_also(function: str, before: str, also: str) -> None:
    """Add a condition to one that stands in a function of the doorkeeper."""
    connection = op.get_bind()
    told = connection.scalar(sa.text(f"SELECT pg_get_functiondef('identity.{function}'::regproc)"))
    if told.count(before) != 1:
        raise RuntimeError(f"identity.{function} does not say once: {before}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace(before, f"{before} {also}").replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _joined() -> None:
    """The records that were joined into the actor's own, which they do not see."""
    op.execute(
        """
        CREATE FUNCTION identity.joined_into_actor() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
        SET search_path = pg_catalog AS $$
        SELECT p.id FROM identity.patient p WHERE p.merged_into = foundation.actor_patient('whole')
        $$
        """
    )
    _give_to_doorkeeper("joined_into_actor")


def _give_to_doorkeeper(function: str) -> None:
    op.execute(f"ALTER FUNCTION identity.{function} OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute(f"REVOKE ALL ON FUNCTION identity.{function} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION identity.{function} TO {WEB}")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _who_looked() -> None:
    """Rows of the audit stay where they are: they tell truly which record was opened."""
    op.execute(
        f"CREATE POLICY audit_event_of_joined ON foundation.audit_event FOR SELECT TO {WEB} USING (patient_id IN ({JOINED}))"
    )
    condition = op.get_bind().scalar(
        sa.text(
            "SELECT with_check FROM pg_policies WHERE schemaname = 'portal' AND tablename = 'objection' "
            "AND policyname = 'portal_objection_own_add'"
        )
    )
    before = "told.patient_id = objection.patient_id"
    if condition.count(before) != 1:
        raise RuntimeError("portal_objection_own_add does not name the patient once")
    either = f"({before} OR told.patient_id IN ({JOINED}))"
    op.execute(
        f"ALTER POLICY portal_objection_own_add ON portal.objection WITH CHECK ({condition.replace(before, either)})"
    )


def _late_rows() -> None:
    op.execute(
        f"""
        CREATE FUNCTION identity.refuse_joined() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog AS $$
        BEGIN
            -- Looked at first, for hardly any record ever is.
            IF EXISTS (SELECT FROM identity.patient p WHERE p.merged_into IS NOT NULL) AND EXISTS (
                SELECT FROM identity.patient p WHERE p.merged_into IS NOT NULL
                AND p.id IN (SELECT a.patient_id FROM added a))
            THEN
                RAISE EXCEPTION 'this record was joined with another' USING ERRCODE = '{JOINED_MEANWHILE}';
            END IF;
            RETURN NULL;
        END $$
        """
    )
    for table in BEGINNINGS:
        op.execute(
            f"CREATE TRIGGER {table.replace('.', '_')}_not_joined AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION identity.refuse_joined()"
        )
    op.execute(f"ALTER FUNCTION identity.refuse_joined OWNER TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    op.execute("REVOKE ALL ON FUNCTION identity.refuse_joined FROM PUBLIC")
    op.execute(f"SET LOCAL ROLE {OWNER}")


def _messages() -> None:
    """The web announces what it has joined or parted in the same transaction, to each of the two, and nothing else."""
    op.execute(
        """
        CREATE FUNCTION identity.has_told_of_merge(topic text, payload jsonb) RETURNS boolean LANGUAGE sql STABLE
        RETURN CASE topic
            WHEN 'merge.recorded' THEN EXISTS (
                SELECT FROM identity.merge m
                WHERE m.id = (payload ->> 'object_id')::uuid AND m.merged_at = now()
                  AND m.staff_id = (SELECT foundation.actor_staff())
                  AND payload IN (jsonb_build_object('patient_id', m.survivor_id, 'object_id', m.id),
                                  jsonb_build_object('patient_id', m.merged_id, 'object_id', m.id)))
            WHEN 'merge.undone' THEN EXISTS (
                SELECT FROM identity.merge_undone u JOIN identity.merge m ON m.id = u.merge_id
                WHERE m.id = (payload ->> 'object_id')::uuid AND u.undone_at = now()
                  AND u.staff_id = (SELECT foundation.actor_staff())
                  AND payload IN (jsonb_build_object('patient_id', m.survivor_id, 'object_id', m.id),
                                  jsonb_build_object('patient_id', m.merged_id, 'object_id', m.id)))
            ELSE false END
        """
    )
    op.execute(
        f"CREATE POLICY outbox_message_of_merges ON foundation.outbox_message FOR INSERT TO {WEB} "
        "WITH CHECK (identity.has_told_of_merge(topic, payload))"
    )
