"""A facility's care opens a record from its beginning on: a relation that begins tomorrow opens nothing today.

Every wall looked at the end of the care alone. What has not begun is now hidden from the web in the relation itself, so that
each wall that asks there, also within another table's policy, is told the same; `identity.in_care` says it again for the
functions that ask with other rights. The index that lists of a facility walk holds the beginning too.

The beginning is written by the clock of whoever enters it, which may be a little ahead of the database's.
"""

from alembic import op

from migrations.walls import WEB

revision = "0036"
down_revision = "0035"

RELATION = "identity.care_relation"
BEGUN = "began_at <= now() + interval '1 minute'"


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY care_relation_begun ON {RELATION} AS RESTRICTIVE FOR SELECT TO {WEB} USING ({BEGUN})"
    )
    op.execute(
        f"""
        CREATE OR REPLACE FUNCTION identity.in_care(patient uuid) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.care_relation
            WHERE patient_id = patient
              AND facility_id = (SELECT foundation.actor_facility())
              AND {BEGUN} AND ends_at > now()
        )
        """
    )
    op.execute("DROP INDEX identity.ix_identity_care_relation_facility_id")
    op.execute(
        f"CREATE INDEX ix_identity_care_relation_facility_id ON {RELATION} (facility_id, ends_at) "
        "INCLUDE (patient_id, began_at)"
    )
