"""A session knows its browser by name, and a person sees all of their own: also those of another account of theirs.

A citizen's accounts are told by their links to the same patient, a member of staff's by the register. What is kept of the
provider's token stays with the account whose session it is.
"""

import sqlalchemy as sa
from alembic import op

from migrations.walls import WEB

revision = "0045"
down_revision = "0044"

# Asked once a statement, so that an index finds the rows.
LINKED = (
    "ARRAY(SELECT link.patient_id FROM identity.patient_link AS link "
    "WHERE link.account_id = (SELECT foundation.actor_account()))"
)
OWN_SESSION = (
    "EXISTS (SELECT 1 FROM identity.session AS own WHERE own.id = session_id "
    "AND own.account_id = (SELECT foundation.actor_account()))"
)


def upgrade() -> None:
    for name in ("browser_family", "browser_system"):
        op.add_column(
            "session", sa.Column(name, sa.Text, nullable=False, server_default=""), schema="identity"
        )
    for name in ("patient_id", "staff_id"):
        op.create_index(f"ix_session_{name}", "session", [name], schema="identity")
    op.execute(
        f"CREATE POLICY session_of_person ON identity.session FOR SELECT TO {WEB} USING ("
        "actor_kind = (SELECT foundation.actor_kind()) AND "
        f"(patient_id = ANY ({LINKED}) OR staff_id = (SELECT foundation.actor_staff())))"
    )
    op.execute(
        f"ALTER POLICY id_token_own ON identity.id_token USING ({OWN_SESSION}) WITH CHECK ({OWN_SESSION})"
    )
