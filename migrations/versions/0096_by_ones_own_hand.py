"""What a person or a registrar does by their own hand the loader does not write: files that it takes in come from outside.

A process of the version before writes none of it as the loader.
"""

from alembic import op

from foundation.postgres.roles import LOADER

revision = "0096"
down_revision = "0095"

BY_HAND = (
    *("identity.share", "identity.share_end", "identity.share_opening", "identity.share_opening_end"),
    *("identity.closure", "identity.closure_lift", "identity.closed_care"),
    *("identity.merge", "identity.merge_undone", "identity.merged_row"),
    *("identity.notice_choice", "identity.guardianship"),
    *("portal.erasure_request", "portal.erasure_item", "portal.erasure_step", "portal.waiting_erasure"),
    *("emr.hiding", "emr.hiding_lift"),
)


def upgrade() -> None:
    for table in BY_HAND:
        op.execute(f"REVOKE INSERT ON {table} FROM {LOADER}")
