"""A booked referral is given another slot in one step: it stays booked, and its history says that it was moved.

Until now the old slot was given up before the new one was had. The code says the same in
dispatch_backend.referrals.rules.states; processes of the version before never make the step, and read the state that it
leaves.
"""

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.execute(
        "INSERT INTO dispatch.allowed_transition (from_state, to_state, act, actor_role) "
        "VALUES ('booked', 'booked', 'referral.rebooked', 'dispatcher')"
    )
