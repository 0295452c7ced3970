"""Care may be one person's, and every role that the policy opens a part of the record to is let in by row security.

A relation of care may name the one member of staff whom it is for. What is somebody else's alone is hidden from the web in
the relation itself, so that each wall which asks there is told the same; `identity.in_care` says it again for the functions
that ask with other rights.

Nurses read what doctors read; shift leads do what dispatchers do; registrars, radiologists, laboratory assistants and
triagers see the part that their work needs. Of a policy only the list of roles changes. What it says besides stays as it is.

A process of the version before enters no care of one person, and knows nobody with the new roles.
"""

import re

import sqlalchemy as sa
from alembic import op

from foundation.postgres.roles import DOORKEEPER, OWNER
from migrations.walls import WEB

revision = "0046"
down_revision = "0045"

RELATION = "identity.care_relation"
BEGUN = "began_at <= now() + interval '1 minute'"
OWN_OR_EVERYBODYS = "(staff_id IS NULL OR staff_id = (SELECT foundation.actor_staff()))"

CARING = ("doctor", "nurse")
BOOKING = ("dispatcher", "shift-lead")
STEPPING = ("doctor", *BOOKING)
DEMOGRAPHICS = (
    *CARING,
    "laboratory-assistant",
    "radiologist",
    "registrar",
    "dispatcher",
    "triager",
    "shift-lead",
)
REFERRALS = (*CARING, "laboratory-assistant", "radiologist", "dispatcher", "triager", "shift-lead")
BOOKINGS = (*CARING, "registrar", "dispatcher", "triager", "shift-lead")
IMAGES = (*CARING, "radiologist")
# By table: its policies, by the end of their name, with the roles that they let in.
ROLES_OF_POLICIES = {
    "identity.patient": {"care": DEMOGRAPHICS},
    "identity.patient_identifier": {"care": DEMOGRAPHICS},
    "dispatch.referral": {"care": REFERRALS, "care_step": STEPPING},
    "dispatch.referral_event": {"care": REFERRALS, "care_add": STEPPING},
    "dispatch.booking": {"care": BOOKINGS, "care_add": BOOKING},
    "dispatch.booking_cancellation": {"care": BOOKINGS, "care_add": BOOKING},
    "dispatch.booking_outcome": {"care": BOOKINGS, "care_add": STEPPING},
    "dispatch.slot_occupancy": {"care": BOOKINGS, "care_add": BOOKING, "free": STEPPING},
    "archive.study": {"care": IMAGES},
    "archive.series": {"care": IMAGES},
    "archive.instance": {"care": IMAGES},
    "archive.series_metadata": {"care": IMAGES},
    "archive.study_reading": {"care": IMAGES, "care_add": IMAGES},
    "emr.entry": {"care": CARING},
    "emr.entry_version": {"care": CARING},
    "emr.entry_summary": {"care": CARING},
    "emr.signature": {"care": CARING},
}
ROLE_CONDITION = re.compile(
    r"\( SELECT foundation\.actor_role\(\) AS actor_role\) = (?:'[a-z-]+'::text|ANY \(ARRAY\[[^]]*\]\))"
)


def upgrade() -> None:
    _one_person()
    _begins_and_ends()
    for table, policies in ROLES_OF_POLICIES.items():
        for ending, roles in policies.items():
            _let_in(table, f"{table.replace('.', '_')}_{ending}", roles)
    op.execute(
        "INSERT INTO dispatch.allowed_transition (from_state, to_state, act, actor_role) "
        "SELECT from_state, to_state, act, 'shift-lead' FROM dispatch.allowed_transition "
        "WHERE actor_role = 'dispatcher'"
    )


def _one_person() -> None:
    op.add_column(
        "care_relation",
        sa.Column("staff_id", sa.UUID, sa.ForeignKey("identity.staff_member.id")),
        schema="identity",
    )
    op.execute(f"ALTER TABLE {RELATION} DROP CONSTRAINT uq_care_relation_patient_id")
    op.execute(
        f"ALTER TABLE {RELATION} ADD CONSTRAINT uq_care_relation_patient_id "
        "UNIQUE NULLS NOT DISTINCT (patient_id, facility_id, basis, staff_id)"
    )
    op.execute("DROP INDEX identity.ix_identity_care_relation_facility_id")
    op.execute(
        f"CREATE INDEX ix_identity_care_relation_facility_id ON {RELATION} (facility_id, ends_at) "
        "INCLUDE (patient_id, began_at, staff_id)"
    )
    op.execute(
        f"CREATE POLICY care_relation_own_staff ON {RELATION} AS RESTRICTIVE FOR SELECT TO {WEB} "
        f"USING {OWN_OR_EVERYBODYS}"
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION identity.in_care(patient uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.care_relation
            WHERE patient_id = patient
              AND facility_id = (SELECT foundation.actor_facility())
              AND {BEGUN} AND ends_at > now()
              AND {OWN_OR_EVERYBODYS}
        )
        """
    )
    op.execute(f"GRANT SELECT (staff_id), INSERT (staff_id) ON {RELATION} TO {DOORKEEPER}")


def _begins_and_ends() -> None:
    """The function that settles care by referral: of the facility, and by whoever books."""
    connection = op.get_bind()
    told = connection.scalar(
        sa.text("SELECT pg_get_functiondef('identity.settle_care_by_referral'::regproc)")
    )
    for before, after in (
        (
            "ON CONFLICT (patient_id, facility_id, basis)",
            "ON CONFLICT (patient_id, facility_id, basis, staff_id)",
        ),
        ("role = 'dispatcher'", "role IN ('dispatcher', 'shift-lead')"),
        ("c.basis = 'referral'", "c.basis = 'referral' AND c.staff_id IS NULL"),
    ):
        if before not in told:
            raise RuntimeError(f"identity.settle_care_by_referral does not say: {before}")
        told = told.replace(before, after)
    op.execute(f"GRANT CREATE ON SCHEMA identity TO {DOORKEEPER}")
    op.execute(f"SET LOCAL ROLE {DOORKEEPER}")
    connection.exec_driver_sql(told.replace("%", "%%"))
    op.execute(f"SET LOCAL ROLE {OWNER}")
    op.execute(f"REVOKE CREATE ON SCHEMA identity FROM {DOORKEEPER}")


def _let_in(table: str, policy: str, roles: tuple[str, ...]) -> None:
    """Change the roles of a policy alone."""
    schema, _, name = table.partition(".")
    using, check = (
        op.get_bind()
        .execute(
            sa.text(
                "SELECT qual, with_check FROM pg_policies "
                "WHERE schemaname = :schema AND tablename = :name AND policyname = :policy"
            ),
            {"schema": schema, "name": name, "policy": policy},
        )
        .one()
    )
    words = ", ".join(f"'{role}'" for role in roles)
    clauses = []
    for word, condition in (("USING", using), ("WITH CHECK", check)):
        if condition is None:
            continue
        changed, found = ROLE_CONDITION.subn(f"( SELECT foundation.actor_role()) IN ({words})", condition)
        if found != 1:
            raise RuntimeError(f"{policy} asks {found} times for a role")
        clauses.append(f"{word} ({changed})")
    op.execute(f"ALTER POLICY {policy} ON {table} TO {WEB} {' '.join(clauses)}")
