"""Whoever writes holds the post of their own session, and nobody learns from the audit which account is whose.

Since 0034 role, member of staff and facility of the context belong to one post. Who holds it is a public register, so
that a context could still be somebody else's as a whole. Now the account of the context must be signed in at that post;
accounts are told to nobody: from what a citizen reads of the audit they go as well.
"""

from alembic import op

from migrations.walls import WEB

revision = "0039"
down_revision = "0038"

READ_IN_AUDIT = (
    "id, at, actor_kind, staff_id, facility_id, role, patient_id, act, object_kind, object_id, reason"
)


def upgrade() -> None:
    op.execute(
        """
        CREATE OR REPLACE FUNCTION identity.actor_at_post() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
        RETURN EXISTS (
            SELECT 1 FROM identity.staff_post
            WHERE staff_id = (SELECT foundation.actor_staff())
              AND facility_id = (SELECT foundation.actor_facility())
              AND role = (SELECT foundation.actor_role())
              AND began_at <= now() AND ends_at > now()
        ) AND EXISTS (
            SELECT 1 FROM identity.session AS own
            WHERE own.account_id = (SELECT foundation.actor_account())
              AND own.staff_id = (SELECT foundation.actor_staff())
              AND own.facility_id = (SELECT foundation.actor_facility())
              AND own.role = (SELECT foundation.actor_role())
              AND own.expires_at > now()
              AND NOT EXISTS (SELECT 1 FROM identity.session_end AS ended WHERE ended.session_id = own.id)
        )
        """
    )
    op.execute(f"REVOKE SELECT ON foundation.audit_event FROM {WEB}")
    op.execute(f"GRANT SELECT ({READ_IN_AUDIT}) ON foundation.audit_event TO {WEB}")
