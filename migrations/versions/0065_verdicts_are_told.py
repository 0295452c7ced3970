"""Whoever opened a record in an emergency reads what was said of it.

Until now the patient and the privacy officers did, and whoever had answered for it by their reason did not.
"""

from alembic import op

from foundation.postgres.roles import WEB

revision = "0065"
down_revision = "0064"


def upgrade() -> None:
    op.execute(
        f"CREATE POLICY identity_emergency_verdict_own_staff ON identity.emergency_verdict FOR SELECT TO {WEB} "
        "USING (EXISTS (SELECT 1 FROM identity.emergency AS opened WHERE opened.id = emergency_id "
        "AND opened.staff_id = (SELECT foundation.actor_staff())))"
    )
