"""The board finds what is open, and whom the centre cares for, in two indexes alone.

Both were looked up row by row, so that what the board touched grew with all that is open, and with everybody who ever was.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

OPEN = "('submitted', 'booked', 'no_show')"


def upgrade() -> None:
    op.execute("DROP INDEX dispatch.ix_referral_open")
    op.execute(
        "CREATE INDEX ix_referral_open ON dispatch.referral (state, due_at) INCLUDE "
        "(priority, service_code, from_facility_id, submitted_at, patient_id, id, next_action_due, owner_id) "
        f"WHERE state IN {OPEN}"
    )
    op.execute("DROP INDEX identity.ix_identity_care_relation_facility_id")
    # Care that has ended lies before now, and is not walked through.
    op.execute(
        "CREATE INDEX ix_identity_care_relation_facility_id ON identity.care_relation (facility_id, ends_at) "
        "INCLUDE (patient_id)"
    )
