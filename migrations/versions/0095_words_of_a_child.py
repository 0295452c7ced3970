"""What a child who decides alone has shared by a link, and has asked to be erased, is told to no parent: its words may betray
what a label closes to them.

A process of the version before asks for such rows as it did, and finds none.
"""

from migrations.walls import narrow_policy

revision = "0095"
down_revision = "0094"

NOTHING_HIDDEN = "(SELECT identity.hidden_from_actor()) = '{}'"
OF_SHARE = "EXISTS (SELECT FROM identity.share s WHERE s.id = {name}.share_id)"
OF_OPENING = "EXISTS (SELECT FROM identity.share_opening o WHERE o.id = share_opening_end.opening_id)"
OF_REQUEST = "EXISTS (SELECT FROM portal.erasure_request r WHERE r.id = notice.object_id)"


def upgrade() -> None:
    # A parent's own links stay theirs to take back.
    narrow_policy(
        "identity", "share", "identity_share_own", f"({NOTHING_HIDDEN} OR delegation_id IS NOT NULL)"
    )
    for name in ("share_end", "share_opening"):
        asked = f"({NOTHING_HIDDEN} OR {OF_SHARE.format(name=name)})"
        narrow_policy("identity", name, f"identity_{name}_own", asked)
    narrow_policy(
        "identity",
        "share_opening_end",
        "identity_share_opening_end_own",
        f"({NOTHING_HIDDEN} OR {OF_OPENING})",
    )
    for name in ("erasure_request", "erasure_item", "erasure_step"):
        narrow_policy("portal", name, f"portal_{name}_own", f"({NOTHING_HIDDEN})")
    narrow_policy(
        "portal",
        "notice",
        "portal_notice_own",
        f"((SELECT foundation.actor_delegation()) IS NULL OR kind <> 'erasure' OR {OF_REQUEST})",
    )
