"""With a booking that a dispatcher chose stands what they chose from: the times as they were ranked, each with the addends of its cost.

Whoever makes a booking writes it in the same transaction, and nobody afterwards; which version of routing and when, the database says. It
is read by whoever may read the booking, names no patient of its own, and so goes wherever the booking goes.

A process of the version before books without it, as loaders do.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP

from foundation.postgres.roles import LOADER, WEB, WORKER
from migrations.walls import SERVICE_ROLES, forbid_change

revision = "0116"
down_revision = "0115"

TABLE = "dispatch.routing_decision"
OWN_NEW_BOOKING = (
    "EXISTS (SELECT FROM dispatch.booking b WHERE b.id = booking_id "
    "AND b.booked_by = (SELECT foundation.actor_staff()) AND b.booked_at >= now())"
)
# Never EXISTS: the database would then rather read all bookings into a table of its own than look one up.
ITS_BOOKING = "(SELECT true FROM dispatch.booking b WHERE b.id = booking_id)"


def upgrade() -> None:
    op.create_table(
        "routing_decision",
        sa.Column("booking_id", sa.Uuid, sa.ForeignKey("dispatch.booking.id"), primary_key=True),
        sa.Column("decided_at", TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column(
            "version",
            sa.Integer,
            sa.ForeignKey("dispatch.routing_version.number"),
            nullable=False,
            server_default=sa.text("dispatch.current_routing()"),
        ),
        sa.Column("rule_id", sa.Uuid, sa.ForeignKey("dispatch.route_rule.id")),
        sa.Column("shown", JSONB, nullable=False),
        sa.CheckConstraint(
            "jsonb_typeof(shown) = 'array' AND jsonb_array_length(shown) <= 100 AND NOT shown @? "
            """'$[*] ? (@.type() != "object" || !exists(@.slot) || !exists(@.cost) || @.cost.type() != "object")'""",
            name="ck_routing_decision_shown",
        ),
        schema="dispatch",
    )
    op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    op.execute(f"GRANT SELECT ON {TABLE} TO {', '.join(SERVICE_ROLES)}")
    # When, and by which version, are columns that nobody may write.
    op.execute(f"GRANT INSERT (booking_id, rule_id, shown) ON {TABLE} TO {WEB}")
    op.execute(
        f"CREATE POLICY dispatch_routing_decision_booking ON {TABLE} FOR SELECT TO {WEB} USING ({ITS_BOOKING})"
    )
    op.execute(
        f"CREATE POLICY dispatch_routing_decision_add ON {TABLE} FOR INSERT TO {WEB} WITH CHECK ({OWN_NEW_BOOKING})"
    )
    for role in (LOADER, WORKER):
        op.execute(
            f"CREATE POLICY dispatch_routing_decision_{role.removeprefix('center_')} ON {TABLE} FOR SELECT TO {role} USING (true)"
        )
    forbid_change(TABLE)
