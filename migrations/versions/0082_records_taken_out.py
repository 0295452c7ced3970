"""A doctor takes a copy of a record out of the house: what was handed out is kept, as of a citizen's own copy.

A process of the version before hands out the citizen's own alone.
"""

from alembic import op

from migrations.walls import WEB

revision = "0082"
down_revision = "0081"


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY interop_export_care_add ON interop.export FOR INSERT TO {WEB} WITH CHECK ("
        "(SELECT foundation.actor_role()) = 'doctor' AND identity.in_care(patient_id) "
        "AND (SELECT identity.actor_at_post()))"
    )
