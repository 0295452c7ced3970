"""A doctor takes a copy of a record out of the house: what was handed out is kept, as of a citizen's own copy.

An emergency is no time to make one: care must be of another kind.

A process of the version before hands out the citizen's own alone.
"""

from alembic import op

from migrations.walls import WEB

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY interop_export_care_add ON interop.export FOR INSERT TO {WEB} WITH CHECK ("
        "(SELECT foundation.actor_role()) = 'doctor' AND (SELECT identity.actor_at_post()) AND EXISTS ("
        "SELECT FROM identity.care_relation care WHERE care.patient_id = export.patient_id "
        "AND care.facility_id = (SELECT foundation.actor_facility()) "
        "AND care.basis <> 'emergency' AND care.ends_at > now()))"
    )
